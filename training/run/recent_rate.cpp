#include "training/run/recent_rate.h"

namespace tuna {

constexpr auto kWindow = std::chrono::seconds(60);
constexpr auto kBetweenPoints = kWindow / 200;
constexpr int64_t kFewestSteps = 10;

void RecentRate::begin(Time now, int64_t done) {
  now_ = {now, done};
  points_ = {now_};
}

void RecentRate::step(Time now, int64_t done) {
  now_ = {now, done};
  const auto covers_window = [&](const Point& point) {
    return now - point.time >= kWindow && done - point.done >= kFewestSteps;
  };
  while (points_.size() > 1 && covers_window(points_[1])) points_.pop_front();
  if (now - points_.back().time >= kBetweenPoints) points_.push_back(now_);
}

double RecentRate::per_second() const {
  if (points_.empty()) return 0;
  const double seconds = std::chrono::duration<double>(now_.time - points_.front().time).count();
  return seconds > 0 ? double(now_.done - points_.front().done) / seconds : 0;
}

}  // namespace tuna
