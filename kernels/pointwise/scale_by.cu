#include "kernels/device/elementwise.h"
#include "kernels/pointwise/scale_by.cuh"
#include "kernels/pointwise/scale_by.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernel<ScaleBy> kernel([](const ScaleBy&, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  launch_elementwise(MultiplyBy{args.in[1].data<float>()}, args.out[0].type.shape.count(), stream,
                     args.out[0].data<T>(), static_cast<const T*>(args.in[0].data<T>()));
});

}  // namespace
}  // namespace tuna::BACKEND
