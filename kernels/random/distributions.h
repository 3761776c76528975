// How the four words of a Philox block become four numbers of a distribution, in any real type, on the host and on
// devices.
#pragma once

#include "engine/base/philox.h"

namespace tuna {

template <class Real>
struct Uniform {
  HOST_DEVICE static void from_words(const PhiloxBlock& words, Real* y) {
    for (int i = 0; i < 4; ++i) y[i] = Real(uniform_from_bits(words[i]));
  }
};

/// The Box-Muller transform.
template <class Real>
struct Normal {
  HOST_DEVICE static void from_words(const PhiloxBlock& words, Real* y) {
    for (int i = 0; i < 4; i += 2) {
      const Real radius = sqrt(-2 * log(Real(uniform_from_bits(words[i]))));
      const Real angle = Real(6.283185307179586) * Real(uniform_from_bits(words[i + 1]));
      y[i] = radius * cos(angle);
      y[i + 1] = radius * sin(angle);
    }
  }
};

}  // namespace tuna
