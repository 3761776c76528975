// Finds the fastest of many candidates; only the best few are timed repeatedly.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/statistics.h"

namespace tuna {

template <class Candidate>
struct Fastest {
  Candidate candidate;
  double time;
};

inline constexpr size_t kFinalists = 4, kRounds = 11;

/// Times each candidate once, with `briefly`.  The best kFinalists are then timed in kRounds rounds, each once per
/// round with `again`, so that other load on the machine affects them alike; the smallest median wins.  A candidate for
/// which `briefly` or `again` throws Error is skipped; empty if that is all of them.
template <class Candidate, class Briefly, class Again>
std::optional<Fastest<Candidate>> fastest(const std::vector<Candidate>& candidates, Briefly briefly, Again again) {
  std::vector<Fastest<Candidate>> timed;
  for (const Candidate& candidate : candidates) try {
      timed.push_back({candidate, briefly(candidate)});
    } catch (const Error&) {
      continue;
    }
  const auto by_time = [](const auto& a, const auto& b) { return a.time < b.time; };
  std::stable_sort(timed.begin(), timed.end(), by_time);
  if (timed.size() > kFinalists) timed.erase(timed.begin() + kFinalists, timed.end());

  std::vector<std::vector<double>> times(timed.size());
  std::vector<char> runs(timed.size(), 1);
  for (size_t round = 0; round < kRounds; ++round)
    for (size_t i = 0; i < timed.size(); ++i) try {
        if (runs[i]) times[i].push_back(again(timed[i].candidate));
      } catch (const Error&) {
        runs[i] = 0;
      }
  std::vector<Fastest<Candidate>> finalists;
  for (size_t i = 0; i < timed.size(); ++i)
    if (runs[i]) finalists.push_back({timed[i].candidate, median(times[i])});
  if (finalists.empty()) return std::nullopt;
  return *std::min_element(finalists.begin(), finalists.end(), by_time);
}

}  // namespace tuna
