// A classifier trained alone: F_A on the labelled source before everything else, and the supervised upper bound on the
// target's labels.
#pragma once

#include <filesystem>

#include "training/session.h"

namespace tuna {

struct ClassifierPhase {
  std::string phase;  // "pretrain" or "supervised"
  std::string net;    // "F_A" or "F_S"
  std::vector<Sample> train, validation;
  std::filesystem::path result;  // where the best weights go, by AUC on the validation images
};

/// One training step.  Inputs: images [N, H, W, C], labels i32 [N, 1, 1, 1], optimizer_<net>.schedule.  Outputs: loss,
/// optimizer_<net>.finite.
void record_classifier_step(Program& program, const Spec& spec, const std::string& net);

/// Steps of one epoch over so many images.
int64_t classifier_steps_per_epoch(const Spec& spec, size_t images);

/// Goes on from session.progress, with the weights of `checkpoint` if that is not empty.
void train_classifier(Session& session, const ClassifierPhase& phase, const std::filesystem::path& checkpoint);

}  // namespace tuna
