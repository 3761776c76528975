#include "kernels/device/images.h"
#include "kernels/geometry/flip.cuh"
#include "kernels/geometry/flip.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernel<Flip> forward([](const Flip&, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  const auto x = images<const T>(args.in[0]);
  launch_images(Mirror<T>{x}, {x.data}, images<T>(args.out[0]), stream);
});

}  // namespace
}  // namespace tuna::BACKEND
