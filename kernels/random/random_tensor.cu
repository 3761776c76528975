#include "kernels/device/launch.h"
#include "kernels/random/random_tensor.cuh"
#include "kernels/random/random_tensor.h"

namespace tuna::BACKEND {
namespace {

template <class O, class Distribution>
struct RandomKernel {
  DeviceKernelF32<O> kernel{[](const O& op, auto stored, const Args& args, Stream& stream) {
    using T = decltype(stored);
    constexpr int kThreads = 256;
    const size_t count = size_t(op.type.shape.count());
    LAUNCH((draw_blocks<Distribution, T>), unsigned(ceil_div(count, 4 * kThreads)), kThreads, stream,
           args.in[0].data<int>(), op.stream, count, args.out[0].data<T>());
  }};
};

const RandomKernel<RandomUniform, Uniform<float>> uniform;
const RandomKernel<RandomNormal, Normal<float>> normal;

}  // namespace
}  // namespace tuna::BACKEND
