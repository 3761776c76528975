// Human-readable sizes of memory.
#pragma once

#include <cstddef>
#include <string>

namespace tuna {

std::string human_bytes(size_t bytes);  // "1.25 GiB"

}  // namespace tuna
