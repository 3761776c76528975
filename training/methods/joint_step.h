// One joint training step, in CycleGAN's order: one forward, one backward of the objective for generators and
// classifiers with the discriminators frozen, their updates, then the discriminators on real and pooled images.
// TUNA-Net has two classifiers and minimises Eq. 6; Cycle-GAN and CyCADA have other terms, and classifiers that stay as
// they were pretrained.
#pragma once

#include <array>

#include "engine/program/program.h"
#include "models/objective.h"
#include "optim/adam.h"
#include "training/methods/both_domains.h"

namespace tuna {

/// How generators and discriminators learn.
struct CycleGanTraining : BothDomains {
  int64_t epochs = 100, decay_epochs = 100;
  double lr_g = 2e-4, lr_d = 2e-4;
  std::array<double, 2> betas_gd{0.5, 0.999};
  int64_t pool = 50;

  template <class Fields>
  void fields(Fields& field) {
    field("epochs", epochs, "Epochs at the full learning rates.", closed(0, 100000));
    field("decay_epochs", decay_epochs, "Epochs after them, in which the rates fall linearly to 0.", closed(0, 100000));
    BothDomains::fields(field);
    field("lr_g", lr_g, "Learning rate of the generators.", above(0, 1));
    field("lr_d", lr_d, "Learning rate of the discriminators.", above(0, 1));
    field("betas_gd", betas_gd, "Adam's decay rates for generators and discriminators.", below(0, 1));
    field("pool", pool, "Earlier translations kept to show to each discriminator; 0: none.", closed(0, 100000));
  }
  bool operator==(const CycleGanTraining&) const = default;

  AdamOptions adam_gd() const { return {betas_gd[0], betas_gd[1]}; }
};

/// How classifiers learn together with them.
struct JointTraining : CycleGanTraining {
  double lr_f = 1e-4;
  std::array<double, 2> betas_f{0.9, 0.999};
  BatchNormMode bn = BatchNormMode::frozen;

  template <class Fields>
  void fields(Fields& field) {
    CycleGanTraining::fields(field);
    field("lr_f", lr_f, "Learning rate of the classifiers.", above(0, 1));
    field("betas_f", betas_f, "Adam's decay rates for the classifiers.", below(0, 1));
    field("bn", bn, "Batch norm of the classifiers: with the statistics of pretraining, or with those of each batch.",
          Choices<BatchNormMode>{{{"frozen", BatchNormMode::frozen}, {"train", BatchNormMode::training}}});
  }
  bool operator==(const JointTraining&) const = default;

  AdamOptions adam_f() const { return {betas_f[0], betas_f[1]}; }
};

/// Networks that are trained together, their objective and their training.
struct Joint {
  TunaNetOptions net;
  ObjectiveOptions objective;
  JointTraining train;
  std::vector<std::string> classifiers = {"F_A", "F_P"};
  std::map<std::string, RecordTerm> own_terms = {};  // of the objective, as record_objective() takes them

  /// Whether a term of the objective updates the network.
  bool trains(const std::string& network) const;

  /// The classifiers that a term updates: those of optimizer_F.
  std::vector<std::string> trained_classifiers() const;
};

/// The images of a step and their labels.
struct JointInputs {
  Tensor x_a, y_a, x_p;
};

/// Inputs: x_a, x_p [N, H, W, C]; y_a i32 [N, 1, 1, 1]; pool_A.decisions, pool_P.decisions i32 [N, 1, 1, 2]
/// (kernels/random/image_pool.h); optimizer_G.schedule, optimizer_D.schedule and, if a classifier is trained,
/// optimizer_F.schedule.
/// Outputs: loss.<term> for every term with a weight, objective, loss.D_A, loss.D_P; fake_p, fake_a, rec_a, rec_p;
/// optimizer_<X>.finite; if activations are f16, objective.loss_scale and loss_D.loss_scale.
JointInputs record_joint_step(Program& program, const Joint& joint, const Task& task);

}  // namespace tuna
