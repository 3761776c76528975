// Profile of a program: seconds per step over some runs, as a table and as a Chrome trace.
#pragma once

#include <string>
#include <vector>

#include "engine/compile/executable.h"

namespace tuna {

class Profile {
 public:
  /// Runs the executable once and times each step.  The executable's first run, in which libraries initialise, is
  /// neither timed nor counted.
  void run(Executable& executable);

  int runs() const { return runs_; }

  /// Milliseconds per run by operation, slowest first, with GFLOP/s and GB/s; then the slowest single steps.
  std::string table(const Executable& executable, size_t slowest = 20) const;

  /// For chrome://tracing or Perfetto: one run, of average times, as the steps follow each other.
  std::string chrome_trace(const Executable& executable) const;

 private:
  std::vector<double> seconds_;
  int runs_ = 0;
};

}  // namespace tuna
