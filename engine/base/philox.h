// Counter-based random numbers: Philox 4x32-10 (Salmon et al., SC 2011), the same bits on the host and on devices.
#pragma once

#include "engine/base/host_device.h"

namespace tuna {

struct PhiloxBlock {
  uint32_t words[4];

  HOST_DEVICE constexpr uint32_t operator[](int i) const { return words[i]; }
  bool operator==(const PhiloxBlock&) const = default;
};

/// Ten rounds over one 128-bit counter under a 64-bit key.
HOST_DEVICE constexpr PhiloxBlock philox(PhiloxBlock counter, uint64_t key) {
  uint32_t key0 = uint32_t(key), key1 = uint32_t(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = uint64_t(0xD2511F53u) * counter[0], b = uint64_t(0xCD9E8D57u) * counter[2];
    counter = {uint32_t(b >> 32) ^ counter[1] ^ key0, uint32_t(b), uint32_t(a >> 32) ^ counter[3] ^ key1, uint32_t(a)};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return counter;
}

/// A uniform number in (0, 1] from 24 of 32 random bits, so that f32 represents it exactly and its logarithm is finite.
HOST_DEVICE constexpr float uniform_from_bits(uint32_t bits) { return float((bits >> 8) + 1) * 0x1p-24f; }

}  // namespace tuna
