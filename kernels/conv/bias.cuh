// Adding a bias on the device.  Its gradient is the pixel sum of pixels.cuh.
#pragma once

#include "kernels/device/pixels.cuh"

namespace tuna::BACKEND {

/// y = x + bias.
template <int kWidth>
struct AddChannel {
  const float* bias;

  DEVICE auto operator()(size_t channel) const {
    const Vector<kWidth> of_channel = load<kWidth>(bias + channel);
    return [of_channel](const Vector<kWidth>& x) { return x + of_channel; };
  }
};

}  // namespace tuna::BACKEND
