#include "kernels/device/elementwise.h"
#include "kernels/optimizer/tensor_table.h"
#include "kernels/optimizer/update_if.cuh"
#include "kernels/optimizer/update_if.h"

namespace tuna::BACKEND {
namespace {

static_assert(UpdateWhereSet::kMostFlags == UpdateIf::kMostFlags);

const DeviceKernelF32<UpdateIf> kernel([](const UpdateIf& op, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  UpdateWhereSet update{{}, int(op.flags)};
  for (size_t i = 0; i < op.flags; ++i) update.flags[i] = args.in[i].data<int>();
  // Old is a state, so these copies run only in tests.
  for (size_t i = 0; i < op.tensors; ++i) {
    const View &old = args.in[op.old(i)], &y = args.out[i];
    if (old.memory != y.memory)
      launch_elementwise(Copy{}, y.type.shape.count(), stream, y.data<T>(), static_cast<const T*>(old.data<T>()));
  }
  const auto tensor = [&](size_t i) {
    return UpdatedTensor<T>{args.out[i].data<T>(), args.in[op.updated(i)].data<T>(),
                            size_t(args.out[i].type.shape.count())};
  };
  launch_visit(update, op.tensors, tensor, stream);
});

}  // namespace
}  // namespace tuna::BACKEND
