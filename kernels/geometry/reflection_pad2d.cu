#include "kernels/device/images.h"
#include "kernels/geometry/reflection_pad2d.cuh"
#include "kernels/geometry/reflection_pad2d.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernel<ReflectionPad2d> forward([](const ReflectionPad2d& op, auto stored, const Args& args,
                                               Stream& stream) {
  using T = decltype(stored);
  const auto x = images<const T>(args.in[0]);
  launch_images(ReflectionPad<T>{x, int(op.padding)}, {x.data}, images<T>(args.out[0]), stream);
});

const DeviceKernel<ReflectionPad2dBackward> backward([](const ReflectionPad2dBackward& op, auto stored,
                                                        const Args& args, Stream& stream) {
  using T = decltype(stored);
  const auto dy = images<const T>(args.in[0]);
  launch_images(ReflectionPadGradient<T>{dy, int(op.padding)}, {dy.data}, images<T>(args.out[0]), stream);
});

}  // namespace
}  // namespace tuna::BACKEND
