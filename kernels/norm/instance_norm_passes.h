// The passes of instance norm on the cpu, which the plain op and the fused one share.
#pragma once

#include "kernels/norm/pixel_reduce.h"

namespace tuna {

/// Computes mean and rstd of each sample and channel of x, and prepares normalise().
void instance_norm_statistics(const PixelWorkspace& work, const float* x, double eps, Elements<float> mean,
                              Elements<float> rstd);

/// dx of instance_norm_backward (instance_norm.h); it may be dy.
void instance_norm_backward_from(const PixelWorkspace& work, const float* x, const float* dy, Elements<float> mean,
                                 Elements<float> rstd, float* dx);

}  // namespace tuna
