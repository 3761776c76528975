// The strongest trivial feature as a baseline next to the classifiers of a run.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "training/audit/separation.h"
#include "training/spec/run_data.h"

namespace tuna {

/// A feature with its direction on the target's labelled validation images (for a text: its class rates there),
/// measured on the target's labelled test images, where its AUC may be below 0.5.
struct MeasuredFeature {
  double validation_auc;
  Separation test;
};

struct BestTrivialFeature {
  std::vector<MeasuredFeature> all;  ///< in descending order of validation_auc, so the best one first
  std::string skipped;               ///< the reason if none was measured; otherwise empty

  const Separation& test() const { return all.at(0).test; }  ///< of the best one
};

/// The feature with the largest AUC on the target's labelled validation images, and the others.  So it uses labels of
/// the target, but none of its test images' for the choice.  Nothing if the test images do not have labels of both
/// kinds.  `between_images` may throw to end it.
std::optional<BestTrivialFeature> best_trivial_feature(const RunData& data, const Spec& spec, int threads,
                                                       const std::function<void()>& between_images = {});

/// A line for the terminal; empty without a value.
std::string to_line(const std::optional<BestTrivialFeature>& best, const Spec& spec);

/// Of evaluation.json: "best_trivial_feature" {"name", "auc", "interval_95", "larger"} or {"skipped"}, and a list of
/// all as "trivial_features", which have "validation_auc" as well.
void add_to_json(nlohmann::json& evaluation, const BestTrivialFeature& best);

}  // namespace tuna
