// The fastest of many candidates, without timing all of them at length.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "engine/check.h"

namespace tuna {

template <class Candidate>
struct Fastest {
  Candidate candidate;
  double time;
};

inline constexpr size_t kFinalists = 4;

/// Takes the time of each candidate briefly, and that of the best kFinalists at length.  One that cannot be timed,
/// where `briefly` or `at_length` throws Error, is passed over; none at all: nothing.
template <class Candidate, class Briefly, class AtLength>
std::optional<Fastest<Candidate>> fastest(const std::vector<Candidate>& candidates, Briefly briefly,
                                          AtLength at_length) {
  const auto timed = [](const std::vector<Candidate>& round, auto time) {
    std::vector<Fastest<Candidate>> times;
    for (const Candidate& candidate : round) try {
        times.push_back({candidate, time(candidate)});
      } catch (const Error&) {
        continue;
      }
    std::stable_sort(times.begin(), times.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    return times;
  };
  std::vector<Candidate> finalists;
  for (auto& each : timed(candidates, briefly))
    if (finalists.size() < kFinalists) finalists.push_back(std::move(each.candidate));
  std::vector<Fastest<Candidate>> times = timed(finalists, at_length);
  if (times.empty()) return std::nullopt;
  return std::move(times.front());
}

}  // namespace tuna
