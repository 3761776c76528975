#include "kernels/device/launch.h"
#include "kernels/loss/class_confusion.cuh"
#include "kernels/loss/class_confusion.h"

namespace tuna::BACKEND {
namespace {

constexpr int kThreads = 128;

Predictions predictions_of(const Args& args) {
  const Shape p = args.in[0].type.shape;
  return {args.in[0].data<float>(), args.in[1].data<float>(), int(p.n), int(p.c)};
}

const DeviceKernelF32<CertaintyWeights> certainties([](const CertaintyWeights&, auto, const Args& args,
                                                       Stream& stream) {
  const Shape p = args.in[0].type.shape;
  LAUNCH(certainty_weights<kThreads>, 1, kThreads, stream, args.in[0].data<float>(), args.out[0].data<float>(),
         int(p.n), int(p.c));
});

const DeviceKernelF32<ClassConfusion> forward([](const ClassConfusion&, auto, const Args& args, Stream& stream) {
  LAUNCH(class_confusion<kThreads>, 1, kThreads, stream, predictions_of(args), args.out[0].data<float>());
});

const DeviceKernelF32<ClassConfusionBackward> backward([](const ClassConfusionBackward&, auto, const Args& args,
                                                          Stream& stream) {
  const Predictions in = predictions_of(args);
  const int64_t elements = int64_t(in.samples) * in.classes;
  LAUNCH(class_confusion_backward, unsigned((elements + kThreads - 1) / kThreads), kThreads, stream, in,
         args.in[2].data<float>(), args.out[0].data<float>());
});

}  // namespace
}  // namespace tuna::BACKEND
