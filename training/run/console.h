// Progress display: one line that is redrawn in place on a terminal, plain lines every few seconds elsewhere.
#pragma once

#include <chrono>
#include <string>

#include "training/run/recent_rate.h"

namespace tuna {

class Console {
 public:
  /// Steps first ... total of `what`; `unit` is what the rate counts.
  void begin(const std::string& what, int64_t first, int64_t total, const std::string& unit = "steps");

  /// Step `done` is finished; `detail` is losses and rates, shown at its end.
  void step(int64_t done, const std::string& detail);

  void end();

 private:
  std::string what_, unit_;
  int64_t total_ = 0;
  RecentRate rate_;
  std::chrono::steady_clock::time_point shown_;
  bool drawn_ = false;
};

/// "pretrain [##########..........] 5/10  2.50 steps/s  2.0 s left  "; without a rate (0) the time left is omitted.
std::string progress_line(const std::string& what, int64_t done, int64_t total, double per_second,
                          const std::string& unit);

}  // namespace tuna
