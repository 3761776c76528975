// The method "tuna_net": its sections of the spec.
#pragma once

#include "training/methods/classifier_phase.h"
#include "training/methods/tuna_net_step.h"

namespace tuna {

struct TunaNetSpec {
  TunaNetOptions net;
  ObjectiveOptions objective;
  ClassifierTraining pretrain;
  JointTraining train;
  bool supervised = false;

  template <class Fields>
  void fields(Fields& field) {
    net.fields(field);
    field("objective", objective, "What generators and classifiers minimise together (Eq. 6).");
    field("pretrain", pretrain, "F_A, the classifier of the source, alone on the labelled source.");
    field("train", train, "All networks together; F_P starts as a copy of F_A.");
    field("supervised", supervised,
          "Also train a classifier on the target's labels, as F_A is pretrained: what adaptation could reach at best.");
  }
  bool operator==(const TunaNetSpec&) const = default;
};

/// Chooses how long a starter spec trains (tuna_net_epochs.h), and describes its sections.
void tuna_net_starter(StarterSections& starter);

}  // namespace tuna
