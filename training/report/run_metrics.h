// The lines of metrics.jsonl as series over the steps of each phase.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "training/report/series.h"

namespace tuna {

struct PhaseMetrics {
  std::string phase;
  int64_t step = 0, epoch = 0;                        // of the newest line
  int64_t best_step = 0;                              // of the weights that are kept, and
  std::string best_by;                                // the figure that chose them; empty: the last ones are kept
  std::map<std::string, std::vector<Point>> figures;  // by key, those of objects as "key.key"; not a number: NaN
};

struct RunMetrics {
  std::vector<PhaseMetrics> phases;  // in the order in which they begin
  int64_t damaged_lines = 0;         // those that are not an object with `phase` and `step`, which are ignored
};

/// A last line that was cut off does not count as damaged, as a run may be writing it.
RunMetrics read_metrics(std::string_view text);

/// The meaning of a figure, by its key.
enum class FigureKind : uint8_t { loss, rate, measured };

FigureKind kind_of(const std::string& figure);

}  // namespace tuna
