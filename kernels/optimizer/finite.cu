#include "kernels/optimizer/finite.cuh"
#include "kernels/optimizer/finite.h"
#include "kernels/optimizer/tensor_table.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernelF32<Finite> kernel([](const Finite& op, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  for (const View& view : args.in)
    check(view.type.dtype == args.in[0].type.dtype, "{}: backend {} expects inputs of one type, got {} and {}",
          op.name(), to_string(kDeviceBackend), args.in[0].type, view.type);
  int* finite = args.out[0].data<int>();
  LAUNCH(set<int>, 1, 1, stream, finite, 1);
  const auto tensor = [&](size_t i) {
    return GuardedTensor<T>{args.in[i].data<T>(), size_t(args.in[i].type.shape.count())};
  };
  launch_visit(FindStrays{finite}, args.in.size(), tensor, stream);
});

}  // namespace
}  // namespace tuna::BACKEND
