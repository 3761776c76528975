#include "training/evaluation/heat_map.h"

#include <algorithm>
#include <array>

#include "engine/base/check.h"
#include "kernels/geometry/resize_bilinear.h"
#include "models/grad_cam.h"

namespace tuna {

// As many as the last block of a ResNet has at 224 pixels, of which fewer show nothing.
constexpr int64_t kPixelsOfMap = 7;

RecordImages heat_maps_of(const RecordLogits& record_logits, const RecordImages& translate) {
  return [record_logits, translate](Program& program, Tensor image) {
    Tensors made = translate ? translate(program, image) : Tensors();
    const Tensor logits = record_logits(program, image);
    for (int64_t label = 0; label < logits.shape().c; ++label)
      made.push_back(resize_bilinear(grad_cam(logits, label, kPixelsOfMap), image.shape().h, image.shape().w));
    return made;
  };
}

Image with_heat(const Image& image, const Image& heat) {
  constexpr float kDensest = 0.65f;
  constexpr std::array<float, 3> kOrange = {1, 0.1f, -1};
  check(image.height == heat.height && image.width == heat.width && heat.channels == 1,
        "with_heat: an image of {} x {} pixels with a map of {} x {}", image.height, image.width, heat.height,
        heat.width);
  const auto [least, most] = std::minmax_element(heat.pixels.begin(), heat.pixels.end());
  Image result = with_channels(image, 3);
  if (*least == *most) return result;
  for (size_t i = 0; i < heat.pixels.size(); ++i) {
    const float density = kDensest * (heat.pixels[i] - *least) / (*most - *least);
    for (size_t c = 0; c < kOrange.size(); ++c) {
      float& pixel = result.pixels[i * kOrange.size() + c];
      pixel += density * (kOrange[c] - pixel);
    }
  }
  return result;
}

}  // namespace tuna
