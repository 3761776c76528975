#include "kernels/loss/class_row.h"
#include "kernels/loss/softmax.cuh"
#include "kernels/loss/softmax.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernel<Softmax> forward([](const Softmax&, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  const Shape shape = args.in[0].type.shape;
  const int64_t rows = shape.n * shape.pixels();
  LAUNCH(softmax<T>, row_blocks(rows), kRowThreads, stream, args.in[0].data<T>(), args.out[0].data<T>(), size_t(rows),
         int(shape.c));
});

const DeviceKernel<SoftmaxBackward> backward([](const SoftmaxBackward&, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  const Shape shape = args.in[0].type.shape;
  const int64_t rows = shape.n * shape.pixels();
  LAUNCH(softmax_backward<T>, row_blocks(rows), kRowThreads, stream, args.in[0].data<T>(), args.in[1].data<T>(),
         args.out[0].data<T>(), size_t(rows), int(shape.c));
});

}  // namespace
}  // namespace tuna::BACKEND
