// How `tuna bench` takes times: caches emptied or filled, several runs in a sample, and a copy of as many bytes to
// compare with.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "engine/runtime/runtimes.h"

namespace tuna {

/// cold: what a run reads and writes is in no cache when it begins.  warm: it was just read and written.
enum class CacheState : uint8_t { cold, warm };
std::string to_string(CacheState state);

/// Mean seconds of so many runs, as Runtime::mean_seconds() takes them.
using MeanSeconds = std::function<double(size_t count, const std::function<void()>& before)>;

/// Takes times on one device.
class Stopwatch {
 public:
  explicit Stopwatch(const Device& device);

  /// Runs for one sample: as many as last `seconds`, the emptying of caches included; at most kMostRuns.  Runs some.
  size_t runs_in(double seconds, CacheState state, const MeanSeconds& time);

  /// The mean of `runs` runs, each with the caches in this state.
  double sample(size_t runs, CacheState state, const MeanSeconds& time);

  /// Seconds in which a copy reads and writes `bytes`, half of them each, in that state of the caches: the median of
  /// some samples.  By memcpy on the host, by a kernel of the engine on a device.  Measured once per size and state.
  double copy_seconds(size_t bytes, CacheState state);

  static constexpr size_t kMostRuns = 200;

 private:
  double measure_copy(size_t bytes, CacheState state);

  Device device_;
  Runtime& runtime_;
  std::function<void()> empty_caches_;  // a sweep through twice as much memory
  double sweep_seconds_ = 0;
  std::map<std::pair<size_t, CacheState>, double> copies_;
};

}  // namespace tuna
