// Random numbers by Philox.  A draw depends only on the seed, the stream and the counters, never on earlier draws, so
// order of work, thread counts and resume cannot change it.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

#include "engine/base/philox.h"

namespace tuna {

/// FNV-1a, so that a stream can be named by a word.
constexpr uint32_t stream_id(std::string_view name) {
  uint32_t hash = 2166136261u;
  for (const char letter : name) hash = (hash ^ uint8_t(letter)) * 16777619u;
  return hash;
}

/// The sequence of draws that belongs to (seed, stream, step, sample).
class Random {
 public:
  Random(uint64_t seed, std::string_view stream, uint32_t step = 0, uint32_t sample = 0)
      : seed_(seed), counter_{0, sample, step, stream_id(stream)} {}

  uint32_t bits() {
    if (used_ == 4) {
      block_ = philox(counter_, seed_);
      ++counter_.words[0];
      used_ = 0;
    }
    return block_[used_++];
  }

  /// In (0, 1].
  double uniform() { return uniform_from_bits(bits()); }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }

  /// In 0 ... n - 1, n > 0; the bias of the multiplication is below n / 2^32.
  uint32_t below(uint32_t n) { return uint32_t(uint64_t(bits()) * n >> 32); }

  /// Standard normal, by Box and Muller.
  double normal() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(6.283185307179586 * uniform());
  }

  /// Fisher and Yates.
  template <class Sequence>
  void shuffle(Sequence& items) {
    for (size_t left = items.size(); left > 1; --left) std::swap(items[left - 1], items[below(uint32_t(left))]);
  }

 private:
  uint64_t seed_;
  PhiloxBlock counter_, block_{};
  int used_ = 4;
};

}  // namespace tuna
