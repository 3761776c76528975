#include "kernels/device/images.h"
#include "kernels/pointwise/fill.cuh"
#include "kernels/pointwise/fill.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernel<Fill> forward([](const Fill& op, auto stored, const Args& args, Stream& stream) {
  launch_images(Constant{float(op.value)}, {}, images<decltype(stored)>(args.out[0]), stream);
});

}  // namespace
}  // namespace tuna::BACKEND
