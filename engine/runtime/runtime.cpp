#include "engine/runtime/runtime.h"

#include <chrono>

namespace tuna {

std::unique_ptr<CapturedGraph> Runtime::capture(const std::function<void()>&) { return nullptr; }

std::vector<double> Runtime::time(size_t count, const std::function<void(size_t)>& work) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> seconds;
  for (size_t i = 0; i < count; ++i) {
    const auto start = Clock::now();
    work(i);
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  return seconds;
}

double Runtime::mean_seconds(size_t count, const std::function<void()>& work, const std::function<void()>& before) {
  const size_t pieces = before ? count : 1;  // timed one by one
  double seconds = 0;
  for (size_t piece = 0; piece < pieces; ++piece) {
    if (before) before();
    seconds += time(1, [&](size_t) {
      for (size_t i = 0; i < count / pieces; ++i) work();
    })[0];
  }
  return seconds / double(count);
}

}  // namespace tuna
