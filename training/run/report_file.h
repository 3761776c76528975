// report.html of a run that is being trained.
#pragma once

#include <chrono>
#include <string>

#include "engine/base/atomic_file.h"
#include "training/run/run_folder.h"

namespace tuna {

class ReportFile {
 public:
  explicit ReportFile(RunFolder& run) : run_(run) {}

  /// Writes the page anew.  One that cannot be written is a warning: the run is worth more than its report.
  void write(Durable durable = Durable::yes);

  /// The same, unless reports would then take more than a fiftieth of the time.
  void refresh();

 private:
  using Clock = std::chrono::steady_clock;

  RunFolder& run_;
  Clock::time_point not_before_;
  std::string warning_;  // the last one, which is not repeated
};

}  // namespace tuna
