// The method "tuna_net": its sections of the spec.
#pragma once

#include "training/methods/joint_phase.h"

namespace tuna {

struct TunaNetSpec : JointSpec<JointTraining> {
  bool supervised = false;

  template <class Fields>
  void fields(Fields& field) {
    JointSpec::fields(field);
    field("supervised", supervised,
          "Also train a classifier on the target's labels, as F_A is pretrained: what adaptation could reach at best.");
  }
  bool operator==(const TunaNetSpec&) const = default;
};

/// Chooses how long a starter spec trains (tuna_net_epochs.h), and describes its sections.
void tuna_net_starter(StarterSections& starter);

}  // namespace tuna
