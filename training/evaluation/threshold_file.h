// The thresholds in an evaluation.json.
#pragma once

#include <filesystem>
#include <string>

namespace tuna {

/// The threshold of a classifier in an evaluation.json, chosen without labels of the target.  Throws Error if it has
/// none, or if that is outside [0, 1].
double threshold_in(const std::filesystem::path& evaluation, const std::string& net);

/// The same from the text of `file`.
double threshold_in(const std::string& text, const std::string& file, const std::string& net);

}  // namespace tuna
