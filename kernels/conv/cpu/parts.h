// How a count of things is cut into parts.
#pragma once

#include <cstdint>

namespace tuna::conv_cpu {

struct Range {
  int64_t begin, end;
  int64_t size() const { return end - begin; }
};

/// Part `part` of 0 ... count - 1 in `parts` parts, whose sizes differ by at most 1.
inline Range part_of(int64_t count, int64_t part, int64_t parts) {
  return {count * part / parts, count * (part + 1) / parts};
}

constexpr int64_t parts_of_at_most(int64_t count, int64_t most) { return (count + most - 1) / most; }

}  // namespace tuna::conv_cpu
