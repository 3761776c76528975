#include "kernels/device/images.h"
#include "kernels/geometry/crop.cuh"
#include "kernels/geometry/crop.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernel<Crop> forward([](const Crop& op, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  const auto x = images<const T>(args.in[0]);
  launch_images(Window<T>{x, int(op.top), int(op.left)}, {x.data}, images<T>(args.out[0]), stream);
});

const DeviceKernel<CropBackward> backward([](const CropBackward& op, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  const auto dy = images<const T>(args.in[0]);
  launch_images(WindowGradient<T>{dy, int(op.top), int(op.left)}, {dy.data}, images<T>(args.out[0]), stream);
});

}  // namespace
}  // namespace tuna::BACKEND
