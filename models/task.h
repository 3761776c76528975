// The task that networks are built for.
#pragma once

#include <cstdint>
#include <vector>

namespace tuna {

/// Square images in [-1, 1] and the classes that they are of.
struct Task {
  int64_t size = 128;                 // pixels on a side
  int64_t channels = 1;               // 1 or 3
  int64_t classes = 2;                // labels are 0 ... classes - 1
  std::vector<double> class_weights;  // in losses of labels; empty: equal
};

}  // namespace tuna
