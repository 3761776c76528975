// Batch norm in training mode on the device: as instance norm, but over the pixels of the whole batch, with weight and
// bias, and with an update of the running statistics.
#pragma once

#include "kernels/norm/normalise.cuh"

namespace tuna::BACKEND {

/// With scale and offset, Normalise gives y.  The new running statistics may be in the memory of the old ones.
template <int kWidth>
struct StoreBatchStatistics {
  const float *weight, *bias, *running_mean, *running_var;
  float *new_mean, *new_var, *mean, *rstd, *scale, *offset;
  float momentum, eps;

  DEVICE void operator()(size_t vector, const Moments<kWidth>& whole) const {
    const size_t channel = vector * kWidth;
    const Vector<kWidth> average = whole.rounded_mean(), variance = whole.squares * (1 / whole.count),
                         unbiased = whole.squares * (1 / (whole.count - 1)),
                         reciprocal = reciprocal_deviation(variance, eps),
                         factor = reciprocal * load<kWidth>(weight + channel);
    store(mean + channel, average);
    store(rstd + channel, reciprocal);
    store(new_mean + channel, load<kWidth>(running_mean + channel) * (1 - momentum) + average * momentum);
    store(new_var + channel, load<kWidth>(running_var + channel) * (1 - momentum) + unbiased * momentum);
    store(scale + channel, factor);
    store(offset + channel, load<kWidth>(bias + channel) - whole.rest_of_mean() * factor);
  }
};

}  // namespace tuna::BACKEND
