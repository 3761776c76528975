// The step of ADDA (Tzeng et al., CVPR 2017), which CyCADA's feature stage shares.
#pragma once

#include "models/domain_discriminator.h"
#include "training/methods/adaptation_phase.h"

namespace tuna {

/// How the encoder of F_P and the domain discriminator learn.
struct AddaTraining : AdaptationTraining {
  double lr_d = 1e-4, gate = 0;
  DomainDiscriminatorOptions domain_discriminator;

  AddaTraining() {
    lr = 1e-5;
    betas = {0.5, 0.999};
    bn = BatchNormMode::frozen;
  }

  template <class Fields>
  void fields(Fields& field) {
    AdaptationTraining::fields(field);
    field("lr_d", lr_d, "Learning rate of the domain discriminator.", above(0, 1));
    field("gate", gate,
          "F_P is updated only in steps in which the domain discriminator classifies more than this fraction of the "
          "batch correctly: 0.6 in CyCADA's code; 0: in every step.",
          below(0, 1));
    field("domain_discriminator", domain_discriminator,
          "Classifies pooled features as those of the fixed encoder or of F_P.");
  }
  bool operator==(const AddaTraining&) const = default;

  /// Of both optimizers.
  std::vector<Schedule> schedules() const {
    return {schedule("optimizer_F", "lr_f", lr), schedule("optimizer_D", "lr_d", lr_d)};
  }
};

/// Updates the domain discriminator D, which learns to classify `source` [N, 1, 1, C], features of a fixed encoder, and
/// F_P's features of x_p, then the encoder of F_P, which learns to fool it.  The last layer of F_P does not change.
/// Inputs besides x_p: optimizer_D.schedule, optimizer_F.schedule.  Outputs: loss.discriminator, loss.encoder,
/// discriminator_accuracy on the batch before D's update.
void record_adda_step(Program& program, Tensor source, Tensor x_p, const ClassifierOptions& classifier,
                      const AddaTraining& training, const Task& task);

}  // namespace tuna
