// Tests that need a GPU are tagged [gpu].  Without a working one they warn and return; ctest reports them as skipped
// (labels.cmake).
#pragma once

#include <utility>

#include "engine/runtime/cuda_runtime.h"
#include "tests/catch.h"

namespace tuna {

/// Whether there is no GPU, and the test must return.  Warns once for all tests.
inline bool no_gpu() {
  static const std::string reason = gpu_unsupported_reason(0);
  static bool said = false;
  if (!reason.empty() && !std::exchange(said, true)) WARN("tests tagged [gpu] are skipped: " << reason);
  return !reason.empty();
}

}  // namespace tuna
