// The table of a run: its classifiers on the target's test images.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "training/evaluation/evaluate.h"
#include "training/spec/run_data.h"

namespace tuna {

/// Measures the networks of a finished run on its images, as `train` does at its end.  With a checkpoint the networks
/// of its phase are those that it holds, and no row needs a later phase.  If the target's test images do not have
/// labels of both kinds, rows have thresholds only.
std::vector<Evaluation> evaluate_run(const std::filesystem::path& run, const RunData& data, const Target& target,
                                     const std::filesystem::path& checkpoint = {});

/// The text of evaluation.json for these rows.
std::string evaluation_json(const Spec& spec, const std::vector<Evaluation>& rows,
                            const std::filesystem::path& checkpoint = {});

/// Which checkpoint was measured: file, phase and step.
nlohmann::json checkpoint_json(const std::filesystem::path& checkpoint);

}  // namespace tuna
