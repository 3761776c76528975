// What the phases of a training run share.
#pragma once

#include <set>
#include <string>

#include "training/methods/method.h"
#include "training/run/checkpoint.h"
#include "training/run/console.h"
#include "training/run/report_file.h"
#include "training/run/run_folder.h"

namespace tuna {

/// Thrown after Ctrl-C or SIGTERM, when everything is saved.
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
  ReportFile report{run};

  /// Logs and counts steps skipped as not finite, and throws NotFinite after ten in a row, with fp16 only after the
  /// loss scale could be halved to 1.  `finite`: the names of the optimizers and whether each made its update.
  void count_skipped(const std::vector<std::pair<std::string, bool>>& finite, const std::vector<std::string>& files,
                     const std::string& losses);

  /// Logs at the end of a phase how many steps were skipped, and in how many a gate was closed.
  void log_skipped();

  /// Throws NotFinite if a network's outputs on validation images are not finite, as nothing can be measured then.
  void check_finite(const Probabilities& probabilities, const std::string& net);

  /// Updates of an optimizer that were made in the `steps` steps of this phase.
  int64_t updates(const std::string& optimizer, int64_t steps) const;

  void save(const State& state);

  /// The file of the networks that a phase ended with.
  std::filesystem::path result_of(const std::string& phase) const;

  /// Saves and throws Interrupted if a signal requests a stop.
  void leave_if_asked(const State& state);

 private:
  [[noreturn]] void diverged(const std::string& what);
};

}  // namespace tuna
