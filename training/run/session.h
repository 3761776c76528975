// What the phases of a training run share.
#pragma once

#include <set>
#include <string>

#include "training/methods/method.h"
#include "training/run/checkpoint.h"
#include "training/run/console.h"
#include "training/run/run_folder.h"

namespace tuna {

/// Ctrl-C or SIGTERM, after everything was saved.
struct Interrupted : Error {
  using Error::Error;
};

struct Session {
  const Spec& spec;
  const std::vector<Phase>& phases;
  RunFolder& run;
  RunData& data;
  ImageCache& cache;
  Target target;
  Progress& progress;
  Console console;
  bool profile = false;

  /// Logs, counts and, where it happened ten times in a row, gives up on steps that were left out as not finite; with
  /// fp16 only after the loss scale could be halved to 1. `finite` are the names of the optimizers and whether each
  /// made its update.
  void count_skipped(const std::vector<std::pair<std::string, bool>>& finite, const std::vector<std::string>& files,
                     const std::string& losses);

  /// At the end of a phase: how many steps were left out.
  void log_skipped();

  /// Gives up where a network's outputs on validation images are not finite: nothing can be measured on it.
  void check_finite(const Probabilities& probabilities, const std::string& net);

  /// Updates of an optimizer that were made in the `steps` steps of this phase.
  int64_t updates(const std::string& optimizer, int64_t steps) const;

  void save(const State& state);

  /// The networks that a phase ended with.
  std::filesystem::path result_of(const std::string& phase) const;

  /// Saves and throws Interrupted where a signal asks for it.
  void leave_if_asked(const State& state);

 private:
  [[noreturn]] void diverged(const std::string& what);
};

}  // namespace tuna
