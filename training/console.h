// Progress for a person: one line that is drawn over itself on a terminal, and plain lines now and then elsewhere.
#pragma once

#include <chrono>
#include <string>

namespace tuna {

class Console {
 public:
  /// Steps first ... total of `what`.
  void begin(const std::string& what, int64_t first, int64_t total);

  /// Step `done` is finished; `detail` is losses and rates, shown at its end.
  void step(int64_t done, const std::string& detail);

  void end();

 private:
  std::string what_;
  int64_t first_ = 0, total_ = 0;
  std::chrono::steady_clock::time_point start_, shown_;
  bool drawn_ = false;
};

std::string human_seconds(double seconds);  // "2 h 05 min", "3 min 20 s", "1.5 s"

}  // namespace tuna
