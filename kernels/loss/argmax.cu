#include "kernels/loss/argmax.cuh"
#include "kernels/loss/argmax.h"
#include "kernels/loss/class_row.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernel<Argmax> kernel([](const Argmax& op, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  const Shape shape = args.in[0].type.shape;
  LAUNCH(argmax<T>, row_blocks(shape.n), kRowThreads, stream, args.in[0].data<T>(), args.out[0].data<int>(),
         size_t(shape.n), int(shape.c), float(op.min_confidence));
});

}  // namespace
}  // namespace tuna::BACKEND
