#include "kernels/device/images.h"
#include "kernels/pointwise/channel_affine.cuh"
#include "kernels/pointwise/channel_affine.h"

namespace tuna::BACKEND {
namespace {

ChannelConstants constants(const Op& op, const std::vector<double>& values) {
  check(values.size() <= ChannelConstants::kMost, "{}: backend {} takes constants for up to {} channels, not {}",
        op.name(), to_string(kDeviceBackend), int(ChannelConstants::kMost), values.size());
  ChannelConstants constants{};
  std::copy(values.begin(), values.end(), constants.at);
  return constants;
}

const DeviceKernel<ChannelAffine> affine([](const ChannelAffine& op, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  const auto x = images<const T>(args.in[0]);
  launch_images(ScaleAndShift<T>{x, constants(op, op.scale), constants(op, op.shift)}, {x.data}, images<T>(args.out[0]),
                stream);
});

const DeviceKernel<ChannelSum> sum([](const ChannelSum& op, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  launch_images_by<1>(SumChannels<T>{images<const T>(args.in[0]), constants(op, op.scale)}, images<T>(args.out[0]),
                      stream);
});

}  // namespace
}  // namespace tuna::BACKEND
