// The text of tuning.json (kernels/conv/tuning.h).
#pragma once

#include <string>

#include "kernels/conv/choices.h"

namespace tuna {

std::string tuning_json(const ConvChoices& choices);

/// Throws Error if `text`, the contents of `file`, is not what tuning_json() writes.
ConvChoices parse_tuning(const std::string& text, const std::string& file);

}  // namespace tuna
