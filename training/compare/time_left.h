// The time that the runs of a comparison will take.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "training/compare/comparison.h"

namespace tuna {

/// Floating-point operations of all steps of a run.
double operations_of(const ComparedRun& run);

/// From the rate at which this process trained so far, in operations per second.
class TimeLeft {
 public:
  /// A run was trained from its beginning to its end.
  void add(const ComparedRun& run, double seconds);

  /// Seconds for these runs; 0 before the first add().
  double seconds(const std::vector<ComparedRun>& runs);

 private:
  double operations(const ComparedRun& run);

  std::map<std::string, double> operations_;  // by spec: all parts have about as many
  double done_ = 0, seconds_ = 0;
};

}  // namespace tuna
