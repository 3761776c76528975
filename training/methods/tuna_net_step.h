// One joint training step of TUNA-Net, in CycleGAN's order: one forward, one backward of Eq. 6 for generators and
// classifiers with the discriminators frozen, their updates, then the discriminators on real and pooled images.
#pragma once

#include <array>

#include "data/loader.h"
#include "engine/base/fields.h"
#include "engine/program/program.h"
#include "models/objective.h"
#include "optim/adam.h"

namespace tuna {

struct JointTraining {
  int64_t epochs = 100, decay_epochs = 100, steps_per_epoch = 0, batch = 1;
  double lr_g = 2e-4, lr_d = 2e-4, lr_f = 1e-4;
  std::array<double, 2> betas_gd{0.5, 0.999}, betas_f{0.9, 0.999};
  int64_t pool = 50;
  BatchNormMode bn = BatchNormMode::frozen;
  Augmentation augmentation;

  template <class Fields>
  void fields(Fields& field) {
    field("epochs", epochs, "Epochs at the full learning rates.", closed(0, 100000));
    field("decay_epochs", decay_epochs, "Epochs after them, in which the rates fall linearly to 0.", closed(0, 100000));
    field("steps_per_epoch", steps_per_epoch, "Steps of an epoch; 0: as many as the larger domain needs.",
          closed(0, 100000000));
    field("batch", batch, "Images of each domain per step.", closed(1, 4096));
    field("lr_g", lr_g, "Learning rate of the generators.", above(0, 1));
    field("lr_d", lr_d, "Learning rate of the discriminators.", above(0, 1));
    field("lr_f", lr_f, "Learning rate of the classifiers.", above(0, 1));
    field("betas_gd", betas_gd, "Adam's decay rates for generators and discriminators.", below(0, 1));
    field("betas_f", betas_f, "Adam's decay rates for the classifiers.", below(0, 1));
    field("pool", pool, "Earlier translations kept to show to each discriminator; 0: none.", closed(0, 100000));
    field("bn", bn, "Batch norm of the classifiers: with the statistics of pretraining, or with those of each batch.",
          Choices<BatchNormMode>{{{"frozen", BatchNormMode::frozen}, {"train", BatchNormMode::training}}});
    field("augmentation", augmentation, "Random changes of the images, drawn anew each time and for each domain.");
  }
  bool operator==(const JointTraining&) const = default;

  AdamOptions adam_gd() const { return {betas_gd[0], betas_gd[1]}; }
  AdamOptions adam_f() const { return {betas_f[0], betas_f[1]}; }
};

/// Inputs: x_a, x_p [N, H, W, C]; y_a i32 [N, 1, 1, 1]; pool_A.decisions, pool_P.decisions i32 [N, 1, 1, 2]
/// (kernels/random/image_pool.h); optimizer_G.schedule, optimizer_F.schedule, optimizer_D.schedule.
/// Outputs: loss.<term> for every term with a weight, objective, loss.D_A, loss.D_P; fake_p, fake_a, rec_a, rec_p;
/// optimizer_<X>.finite; if activations are f16, objective.loss_scale and loss_D.loss_scale.
void record_tuna_net_step(Program& program, const TunaNetOptions& options, const ObjectiveOptions& objective,
                          const JointTraining& training, const Task& task);

}  // namespace tuna
