// Where the time of a program goes: seconds per step over some runs, as a table and as a Chrome trace.
#pragma once

#include <string>
#include <vector>

#include "engine/compile/executable.h"

namespace tuna {

class Profile {
 public:
  /// Runs the executable once, timing each step; but the first run of all, in which libraries set themselves up, is
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
