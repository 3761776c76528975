// The whole of `tuna train`: data, pretraining, the joint phase, the supervised bound, evaluation.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "training/evaluate.h"

namespace tuna {

struct TrainOptions {
  std::filesystem::path spec;         // not read with `resume`, where the run's own spec.json counts
  std::vector<std::string> settings;  // "key.path=value"
  std::filesystem::path out;          // the run folder
  bool resume = false;  // also of a finished run, which `settings` may make longer
  bool profile = false;
  std::filesystem::path plan;  // of `tuna tune`, for a new run: a resumed one has its own, or none
};

/// Throws Interrupted after saving where a signal asks for it, NotFinite where training diverged, Error for bad input.
void train(const TrainOptions& options);

/// Measures the networks of a finished run on the target's test images, as `train` does at its end.  Empty where the
/// target has no labels.
std::vector<Evaluation> evaluate_run(const std::filesystem::path& run, const Device& device);

/// Those rows as evaluation.json holds them.
std::string evaluation_json(const Spec& spec, const std::vector<Evaluation>& rows);

}  // namespace tuna
