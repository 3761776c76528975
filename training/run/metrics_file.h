// The text of metrics.jsonl: an object per line.
#pragma once

#include <cstdint>
#include <string>

namespace tuna {

/// The text without the lines on a phase's steps after this one, and without those that no run writes, such as one that
/// was cut off when the run was killed.
std::string metrics_until(const std::string& text, const std::string& phase, int64_t step);

}  // namespace tuna
