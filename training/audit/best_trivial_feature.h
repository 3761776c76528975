// The strongest trivial feature as a baseline next to the classifiers of a run.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "training/audit/separation.h"
#include "training/spec/run_data.h"

namespace tuna {

struct BestTrivialFeature {
  Separation test;      ///< on the target's test images
  std::string skipped;  ///< the reason if it was not measured; otherwise empty
};

/// The feature with the largest AUC on the target's labelled validation images, and its direction there (for a text:
/// its class rates), measured on the target's labelled test images, where its AUC may be below 0.5.  So it uses labels
/// of the target, but none of its test images' for the choice.  Nothing if the test images do not have labels of both
/// kinds.  `between_images` may throw to end it.
std::optional<BestTrivialFeature> best_trivial_feature(const RunData& data, const Spec& spec, int threads,
                                                       const std::function<void()>& between_images = {});

/// A line for the terminal; empty without a value.
std::string to_line(const std::optional<BestTrivialFeature>& best, const Spec& spec);

/// {"name", "auc", "interval_95", "larger"}, or {"skipped"}.
nlohmann::json to_json(const BestTrivialFeature& best);

}  // namespace tuna
