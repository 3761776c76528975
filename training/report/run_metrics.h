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

/// In the order in which the phases begin.  Lines that are not an object with `phase` and `step` are ignored, as the
/// last line of a killed run may be cut off.
std::vector<PhaseMetrics> read_metrics(std::string_view text);

/// Lines that are not of a run, such as one that was cut off; the last one without its end does not count, as a run may
/// be writing it.
int64_t damaged_lines(std::string_view text);

/// The meaning of a figure, by its key.
enum class FigureKind : uint8_t { loss, rate, measured };

FigureKind kind_of(const std::string& figure);

}  // namespace tuna
