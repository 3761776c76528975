// The validation of a classifier that adapts to the target, on the target's validation images and without their labels.
#pragma once

#include "training/methods/method.h"

namespace tuna {

struct TargetClassifier {
  std::string network;
  RecordLogits logits;         // of target images
  RecordValues features;       // pooled, the input of the last layer
  RecordLogits source_logits;  // of source images, translated if needed
  RecordLogits other = {};     // of a classifier to compare with
};

/// `if_collapsed` tells a user which keys prevent it.
Validation target_validation(const TargetClassifier& classifier, Select select, const std::string& if_collapsed,
                             const RunData& data);

}  // namespace tuna
