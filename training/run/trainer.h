// `tuna train`: data, the phases of a method, evaluation.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "training/methods/method.h"
#include "training/spec/spec.h"

namespace tuna {

/// The result file of a phase that another run has trained in the same way; empty: the phase is trained.
using TrainedElsewhere = std::function<std::filesystem::path(const std::vector<Phase>&, const Phase&)>;

struct TrainOptions {
  std::filesystem::path spec;         // ignored with `resume`, which reads the run's own spec.json
  std::optional<Spec> read_spec;      // `spec` with the settings, if it was read already: a pipe is read once
  std::vector<std::string> settings;  // "key.path=value"
  std::filesystem::path out;          // the run folder
  bool resume = false;                // also of a finished run, which `settings` may make longer
  bool profile = false;
  std::filesystem::path tuning;             // of `tuna tune`, for a new run: a resumed one has its own, or none
  std::filesystem::path data_root;          // replaces data.root; empty: does not
  TrainedElsewhere trained_elsewhere = {};  // asked at the beginning of each phase, whose training it may replace
};

/// Throws Interrupted, after saving, if a signal requests a stop, NotFinite if training diverges, Error for bad input.
void train(const TrainOptions& options);

}  // namespace tuna
