// Durations as text.
#pragma once

#include <string>

namespace tuna {

std::string human_seconds(double seconds);  // "2 h 05 min", "3 min 20 s", "1.5 s"

}  // namespace tuna
