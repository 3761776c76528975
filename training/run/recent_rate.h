// The recent rate of steps, from which the time left follows.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace tuna {

/// Steps per second over the last minute, or over the last ten steps if those take longer: a slow beginning, a pause
/// or a busy machine no longer counts once it is over.
class RecentRate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void begin(Time now, int64_t done);
  void step(Time now, int64_t done);

  /// 0 before the first step.
  double per_second() const;

 private:
  struct Point {
    Time time;
    int64_t done;
  };

  std::deque<Point> points_;  // the oldest begins the window; a few hundred of them, however fast steps are
  Point now_{};
};

}  // namespace tuna
