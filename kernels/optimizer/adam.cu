#include "kernels/device/elementwise.h"
#include "kernels/optimizer/adam.cuh"
#include "kernels/optimizer/adam.h"
#include "kernels/optimizer/tensor_table.h"

namespace tuna::BACKEND {
namespace {

static_assert(TensorTable<AdamTensor<float>>::kCapacity >= 124, "two ResNet-18 must fit into one launch");

const DeviceKernelF32<Adam> kernel([](const Adam& op, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  using In = Adam::In;
  // Parameters and moments are states, so these copies run only in tests.
  for (size_t i = 0; i < args.out.size(); ++i) {
    const View &from = args.in[size_t(op.overwrites(int(i)))], &to = args.out[i];
    if (from.memory != to.memory)
      launch_elementwise(Copy{}, to.type.shape.count(), stream, to.data<T>(), static_cast<const T*>(from.data<T>()));
  }
  const AdamFactors factors{float(1 - op.beta1), float(op.beta2), float(1 - op.beta2), float(op.eps)};
  const float* scale = op.scaled ? args.in[In::scale].data<float>() : nullptr;
  const AdamStep step{args.in[In::schedule].data<float>(), args.in[In::go].data<int>(), scale, factors};
  const size_t count = op.parameters;
  const auto tensor = [&](size_t i) {
    return AdamTensor<T>{args.out[i].data<T>(), args.out[count + i].data<T>(), args.out[2 * count + i].data<T>(),
                         args.in[op.input(Adam::gradient, i)].data<T>(), size_t(args.out[i].type.shape.count())};
  };
  launch_visit(step, count, tensor, stream);
});

}  // namespace
}  // namespace tuna::BACKEND
