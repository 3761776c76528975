// Profile of a program: seconds per step over some runs, as a table and as a Chrome trace.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/compile/machine_limits.h"

namespace tuna {

class Profile {
 public:
  /// Runs the executable once and times each step.  The executable's first run, in which libraries initialise, is
  /// neither timed nor counted.
  void run(Executable& executable);

  int runs() const { return runs_; }

  /// Milliseconds per run by operation, slowest first, with GFLOP/s and GB/s; then the slowest single steps.  With
  /// limits also the least time that the machine needs, and its share of the time.
  std::string table(const Executable& executable, const std::optional<MachineLimits>& limits = {},
                    size_t slowest = 20) const;

  /// JSON of each instruction: times per run, rates, and on a GPU its kernels with their grids.
  std::string instructions(const Executable& executable, const std::optional<MachineLimits>& limits = {}) const;

  /// For chrome://tracing or Perfetto: one run, of average times, as the steps follow each other.
  std::string chrome_trace(const Executable& executable) const;

 private:
  std::vector<double> seconds_;
  int runs_ = 0;
};

}  // namespace tuna
