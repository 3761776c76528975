// One joint training step of TUNA-Net, in CycleGAN's order: one forward, one backward of Eq. 6 for generators and
// classifiers with the discriminators frozen, their updates, then the discriminators on real and pooled images.
#pragma once

#include "engine/executable.h"
#include "models/tuna_net.h"
#include "optim/adam.h"
#include "optim/loss_scale.h"

namespace tuna {

struct TunaNetStepOptions {
  TunaNetOptions net;
  int64_t batch = 1, size = 128;
  int64_t pool = 50;
  AdamOptions generators{0.5, 0.999}, discriminators{0.5, 0.999}, classifiers{0.9, 0.999};
};

/// Inputs: x_a, x_p [N, H, W, C]; y_a i32 [N, 1, 1, 1]; pool_A.decisions, pool_P.decisions i32 [N, 1, 1, 2]
/// (kernels/random/image_pool.h); optimizer_G.schedule, optimizer_F.schedule, optimizer_D.schedule.
/// Outputs: loss.<term> for every term with a weight, objective, loss.D_A, loss.D_P; fake_p, fake_a, rec_a, rec_p;
/// optimizer_<X>.finite; where activations are f16, objective.loss_scale and loss_D.loss_scale.
void record_tuna_net_step(Program& program, const TunaNetStepOptions& options);

}  // namespace tuna
