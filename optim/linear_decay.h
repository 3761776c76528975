// The learning rate's schedule: constant, then linearly to 0.
#pragma once

#include <cstdint>

namespace tuna {

/// The rate of `epoch` = 0, 1, ..., in a run of `epochs` at the full rate and then `decay_epochs` along the line that
/// reaches 0 where the run ends: with 100 and 100, epoch 100 is the last at the full rate, epoch 199 has a hundredth of
/// it, and none has 0, which would train nothing.  CycleGAN's own factor, 1 - (epoch + 1 - epochs) / (decay_epochs +
/// 1), takes 100 of the 101 steps of its line instead: 100/101 in epoch 100, 1/101 in epoch 199.
inline double linear_decay(double lr, int64_t epoch, int64_t epochs, int64_t decay_epochs) {
  const int64_t left = epochs + decay_epochs - epoch;
  if (left <= 0) return 0;
  return left >= decay_epochs ? lr : lr * double(left) / double(decay_epochs);
}

}  // namespace tuna
