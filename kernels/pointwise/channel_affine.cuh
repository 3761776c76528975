// A constant scale and shift for each channel, on the device.  The constants are arguments of the kernel.
#pragma once

#include "kernels/device/images.cuh"
#include "kernels/pointwise/scale_and_shift.h"

namespace tuna::BACKEND {

struct ChannelConstants {
  static constexpr int kMost = 256;  // 1 kB: an older GPU takes 4 kB of arguments

  float at[kMost];
};

/// x(n, i, j, c) * scale[c] + shift[c], from an x of one channel or of as many as y.
template <class T>
struct ScaleAndShift {
  Images<const T> x;
  ChannelConstants scale, shift;

  template <int kWidth>
  DEVICE Vector<kWidth> read(int n, int i, int j, int c) const {
    Vector<kWidth> y = x.channels == 1 ? repeat<kWidth>(float(*x.at(n, i, j, 0))) : load<kWidth>(x.at(n, i, j, c));
    UNROLL(16)
    for (int k = 0; k < kWidth; ++k) y[k] = scale_and_shift(y[k], scale.at[c + k], shift.at[c + k]);
    return y;
  }
};

/// The sum over c of dy(n, i, j, c) * scale[c]: the one channel of dx.
template <class T>
struct SumChannels {
  Images<const T> dy;
  ChannelConstants scale;

  template <int kWidth>
  DEVICE Vector<kWidth> read(int n, int i, int j, int) const {
    const T* pixel = dy.at(n, i, j, 0);
    float sum = 0;
    UNROLL(4)
    for (int c = 0; c < dy.channels; ++c) sum += float(pixel[c]) * scale.at[c];
    return repeat<kWidth>(sum);
  }
};

}  // namespace tuna::BACKEND
