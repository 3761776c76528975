// How fast a device computes and moves memory at most.
#pragma once

#include <algorithm>

#include "engine/compile/executable.h"

namespace tuna {

struct MachineLimits {
  double flops, bytes;  // per second

  /// Seconds that this work takes at least: the longer of computing and moving.
  double seconds(double of_flops, double of_bytes) const { return std::max(of_flops / flops, of_bytes / bytes); }

  /// The same for a run, instruction by instruction.  Convolutions count as direct ones, so Winograd's may take less.
  double seconds(const Executable& executable) const {
    double sum = 0;
    for (const Instruction& each : executable.instructions()) sum += seconds(each.flops, double(each.bytes));
    return sum;
  }
};

}  // namespace tuna
