// The loss scale on the device, where it is read without waiting for the host.
#pragma once

#include "kernels/device/device.h"

namespace tuna::BACKEND {

/// For each optimizer, where it says whether it made its step.
struct StepsMade {
  static constexpr int kMost = 8;

  const int* at[kMost];
  int count;
};

/// state: the scale, and the steps since it was changed.  One thread.
KERNEL update_loss_scale(const float* old, float* state, StepsMade steps_made, float smallest, float largest,
                         float patience) {
  bool made = true;
  for (int i = 0; i < steps_made.count; ++i) made &= *steps_made.at[i] != 0;
  const float scale = old[0], steps = old[1] + 1;
  const bool grows = made && steps >= patience;
  state[0] = !made ? max(scale / 2, smallest) : grows ? min(scale * 2, largest) : scale;
  state[1] = made && !grows ? steps : 0;
}

}  // namespace tuna::BACKEND
