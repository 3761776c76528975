#include "kernels/device/elementwise.h"
#include "kernels/pointwise/cast.h"

namespace tuna::BACKEND {
namespace {

// load() and store() convert.
const DeviceKernel<Cast> kernel([](const Cast&, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  const View &x = args.in[0], &y = args.out[0];
  const int64_t count = x.type.shape.count();
  if (is_reduced_precision(y.type.dtype))
    launch_elementwise(Copy{}, count, stream, y.data<T>(), x.data<const float>());
  else
    launch_elementwise(Copy{}, count, stream, y.data<float>(), x.data<const T>());
});

}  // namespace
}  // namespace tuna::BACKEND
