// The results of a comparison as text and JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "training/compare/results.h"

namespace tuna {

/// A line per method: AUC as mean and deviation over its runs, its gain, and its share of the gap.
std::string to_table(const ComparisonResults& results);

/// results.json: every figure as mean, deviation and the values of the runs.
nlohmann::ordered_json to_json(const ComparisonResults& results);

/// How many runs are finished, and the adaptation that closes most of the gap; no share of it if the gain's
/// interval contains 0 or its AUC is below chance.
std::string in_words(const ComparisonResults& results);

}  // namespace tuna
