// The benchmarks that `tuna bench` selects: their names and what they run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/op_table/bench_timing.h"
#include "tests/op_table/op_checks.h"

namespace tuna {

enum class Direction : uint8_t { forward, backward };

/// One direction of a row, in a version, on a device, by an algorithm: what is checked once and timed in each state of
/// the caches.
struct Subject {
  std::string name;  // of the benchmark, up to the state of the caches
  std::string row;   // which row, version, algorithm, device and type this is a direction of
  OpRow ours;
  BuildRow build;  // in this version
  Direction direction;
  Target target;  // in which precision, and with which algorithms of convolutions
  DType dtype() const { return activation_type(target.precision); }

  /// Ready to run; forward values that gradients need are computed on `forward_target`.
  std::shared_ptr<Executable> executable(const Target& forward_target) const;
};

/// A subject, and in which states of the caches its name passes the filter.
struct Selected {
  Subject subject;
  std::vector<CacheState> states;

  std::string name(CacheState state) const { return subject.name + "/" + to_string(state); }
};

/// All that run on these devices and whose names pass the filter (tests/op_table/filter.h), in the order of ops: the
/// rows that were made to be timed, or all of an op that has none; with `all_rows` those of the tests, too.  Throws
/// Error if there are none.
std::vector<Selected> select(const std::string& filter, const std::vector<Device>& devices, bool all_rows = false);

}  // namespace tuna
