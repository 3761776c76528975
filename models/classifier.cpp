#include "models/classifier.h"

#include "kernels/geometry/resize_bilinear.h"
#include "kernels/pointwise/channel_affine.h"

namespace tuna {

Classifier::Classifier(Program& program, const std::string& name, ClassifierOptions options)
    : options_(options), resnet_(program, name, options.resnet) {}

Classified Classifier::operator()(Tensor images, BatchNormMode mode) const {
  const std::vector<double> mean = options_.resnet.channels == 1 ? std::vector{0.5} : std::vector{0.485, 0.456, 0.406};
  const std::vector<double> deviation =
      options_.resnet.channels == 1 ? std::vector{0.25} : std::vector{0.229, 0.224, 0.225};
  std::vector<double> scale, shift;  // ((x + 1) / 2 - mean) / deviation
  for (size_t c = 0; c < mean.size(); ++c) {
    scale.push_back(0.5 / deviation[c]);
    shift.push_back((0.5 - mean[c]) / deviation[c]);
  }
  const int64_t size = options_.input_size;
  if (size > 0 && (images.shape().h != size || images.shape().w != size)) images = resize_bilinear(images, size, size);
  return resnet_(channel_affine(images, scale, shift), mode);
}

}  // namespace tuna
