// Tests that need a GPU are tagged [gpu].  Where none works they say so and end; ctest calls them skipped
// (labels.cmake).
#pragma once

#include <utility>

#include "engine/runtime/cuda_runtime.h"
#include "tests/catch.h"

namespace tuna {

/// Whether there is none, and the rest of the test is to be skipped.  Says so once for all of them.
inline bool no_gpu() {
  static const std::string reason = gpu_unsupported_reason(0);
  static bool said = false;
  if (!reason.empty() && !std::exchange(said, true)) WARN("tests tagged [gpu] are skipped: " << reason);
  return !reason.empty();
}

}  // namespace tuna
