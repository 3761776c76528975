// The table of a run: its classifiers on the target's test images.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/files/safetensors.h"
#include "training/audit/best_trivial_feature.h"
#include "training/evaluation/evaluate.h"
#include "training/spec/run_data.h"

namespace tuna {

/// Measures the networks of a finished run on its images, as `train` does at its end.  With a checkpoint the networks
/// of its phase are those that it holds, and no row needs a later phase.  If the target's test images do not have
/// labels of both kinds, rows have thresholds only.  `between_batches`, which is called between
/// rounds of the bootstrap as well, may throw to end it.
std::vector<Evaluation> evaluate_run(const std::filesystem::path& run, const RunData& data, const Target& target,
                                     const SafetensorsFile* checkpoint = nullptr,
                                     const std::function<void()>& between_batches = {});

/// The text of evaluation.json for these rows.
std::string evaluation_json(const Spec& spec, const std::vector<Evaluation>& rows,
                            const std::optional<BestTrivialFeature>& trivial,
                            const SafetensorsFile* checkpoint = nullptr);

/// The file of a run with the scores of its test images (training/evaluation/test_scores.h).
constexpr const char* kPredictions = "predictions.csv";

/// Its text for the rows of evaluate_run() on the same images; empty if they have no metrics.
std::string predictions_csv(const Spec& spec, const RunData& data, const std::vector<Evaluation>& rows);

/// Writes it into the folder of a finished run that has none, as those of earlier versions.  Throws Error if that
/// folder cannot be written.
void keep_predictions(const std::filesystem::path& run, const std::string& text);

/// Which checkpoint was measured: file, phase and step.
nlohmann::json checkpoint_json(const SafetensorsFile& checkpoint);

}  // namespace tuna
