// The loss scale on the device, where it is read without waiting for the host.
#pragma once

#include "kernels/device/device.h"

namespace tuna::BACKEND {

/// For each optimizer, the address of its flag: whether it made its step.
struct StepsMade {
  static constexpr int kMost = 8;

  const int* at[kMost];
  int count;
};

/// The scale, and the steps since it was changed.
struct ScaleAndSteps {
  float *scale, *steps;
};

/// Runs as one thread.  old may be updated.
KERNEL update_loss_scale(ScaleAndSteps old, ScaleAndSteps updated, StepsMade steps_made, float smallest, float largest,
                         float patience) {
  bool made = true;
  for (int i = 0; i < steps_made.count; ++i) made &= *steps_made.at[i] != 0;
  const float scale = *old.scale, steps = *old.steps + 1;
  const bool grows = made && steps >= patience;
  *updated.scale = !made ? max(scale / 2, smallest) : grows ? min(scale * 2, largest) : scale;
  *updated.steps = made && !grows ? steps : 0;
}

}  // namespace tuna::BACKEND
