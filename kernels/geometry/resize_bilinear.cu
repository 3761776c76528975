#include "kernels/device/images.h"
#include "kernels/geometry/resize_bilinear.cuh"
#include "kernels/geometry/resize_bilinear.h"

namespace tuna::BACKEND {
namespace {

Interpolation interpolation(const Op& op, int from, int to) {
  constexpr int kMost = Interpolation::kMost;
  check(from <= kMost && to <= kMost, "{}: backend {} takes images of up to {} pixels in height and width, not {}",
        op.name(), to_string(kDeviceBackend), kMost, std::max(from, to));
  return {from, to};
}

const DeviceKernel<ResizeBilinear> forward([](const ResizeBilinear& op, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  const auto x = images<const T>(args.in[0]);
  const auto y = images<T>(args.out[0]);
  const Interpolation rows = interpolation(op, x.height, y.height), columns = interpolation(op, x.width, y.width);
  launch_images(Interpolate<T>{x, rows, columns}, {x.data}, y, stream);
});

const DeviceKernel<ResizeBilinearBackward> backward([](const ResizeBilinearBackward& op, auto stored, const Args& args,
                                                       Stream& stream) {
  using T = decltype(stored);
  const auto dy = images<const T>(args.in[0]);
  const auto dx = images<T>(args.out[0]);
  const Interpolation rows = interpolation(op, dx.height, dy.height), columns = interpolation(op, dx.width, dy.width);
  launch_images(InterpolateGradient<T>{dy, rows, columns}, {dy.data}, dx, stream);
});

}  // namespace
}  // namespace tuna::BACKEND
