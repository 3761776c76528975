#include <algorithm>

#include "kernels/loss/class_row.h"
#include "kernels/loss/cross_entropy.cuh"
#include "kernels/loss/cross_entropy.h"

namespace tuna::BACKEND {
namespace {

// The workspace is the class weights on the device.
template <class O>
size_t workspace(const O& op, const Types&, const Types&) {
  return op.class_weights.size() * sizeof(float);
}

template <class T>
LabelledRows<T> labelled_rows(const std::vector<double>& class_weights, const Args& args, Stream& stream) {
  const Shape logits = args.in[0].type.shape;
  float* weights = class_weights.empty() ? nullptr : static_cast<float*>(args.workspace);
  for (size_t first = 0; first < class_weights.size(); first += Constants::kCapacity) {
    Constants constants{};
    const size_t count = std::min(class_weights.size() - first, size_t(Constants::kCapacity));
    std::copy_n(class_weights.begin() + int64_t(first), count, constants.values);
    LAUNCH(write_constants<kRowThreads>, 1, kRowThreads, stream, constants, int(count), weights + first);
  }
  return {args.in[0].data<T>(), args.in[1].data<int>(), weights, int(logits.n), int(logits.c)};
}

const DeviceKernelF32<CrossEntropy> forward(workspace<CrossEntropy>, [](const CrossEntropy& op, auto stored,
                                                                        const Args& args, Stream& stream) {
  using T = decltype(stored);
  const LabelledRows<T> in = labelled_rows<T>(op.class_weights, args, stream);
  LAUNCH((cross_entropy<kRowThreads, T>), 1, kRowThreads, stream, in, args.out[0].data<float>());
});

const DeviceKernelF32<CrossEntropyBackward> backward(workspace<CrossEntropyBackward>, [](const CrossEntropyBackward& op,
                                                                                         auto stored, const Args& args,
                                                                                         Stream& stream) {
  using T = decltype(stored);
  const LabelledRows<T> in = labelled_rows<T>(op.class_weights, args, stream);
  LAUNCH(cross_entropy_backward<T>, row_blocks(in.samples), kRowThreads, stream, in, args.in[2].data<float>(),
         args.out[0].data<T>());
});

}  // namespace
}  // namespace tuna::BACKEND
