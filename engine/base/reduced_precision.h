// The 16-bit floating-point types in which activations are stored.  Nothing is computed in them: reading converts to
// f32, writing rounds to nearest, ties to even.  The bits are the same on the host and on devices, except those of a
// NaN.
#pragma once

#include "engine/base/host_device.h"

#if !defined(__CUDACC_RTC__)
#include <cstring>
#endif

namespace tuna {

HOST_DEVICE uint32_t bits_of(float x) {
#ifdef __CUDA_ARCH__
  return __float_as_uint(x);
#else
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
#endif
}

HOST_DEVICE float float_of(uint32_t bits) {
#ifdef __CUDA_ARCH__
  return __uint_as_float(bits);
#else
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
#endif
}

/// bfloat16: the upper half of an f32.
struct bf16 {
  uint16_t bits;

  bf16() = default;

  HOST_DEVICE explicit bf16(float x) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(bits) : "f"(x));
#else
    const uint32_t whole = bits_of(x);
    const bool is_nan = (whole & 0x7FFFFFFF) > 0x7F800000;
    bits = is_nan ? 0x7FC0 : uint16_t((whole + 0x7FFF + (whole >> 16 & 1)) >> 16);
#endif
  }

  HOST_DEVICE operator float() const { return float_of(uint32_t(bits) << 16); }
};

/// IEEE 754's binary16, "half": 11 significant bits, 65504 at most.
struct f16 {
  uint16_t bits;

  f16() = default;

  HOST_DEVICE explicit f16(float x) {
#ifdef __CUDA_ARCH__
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x));
#else
    const uint32_t whole = bits_of(x), magnitude = whole & 0x7FFFFFFF;
    bits = uint16_t(whole >> 16 & 0x8000);
    if (magnitude > 0x7F800000)  // NaN
      bits |= 0x7E00;
    else if (magnitude >= 0x477FF000)  // 65520 and more
      bits |= 0x7C00;
    else if (magnitude >= 0x38800000)  // 2^-14 and more; the exponent's bias is 112 less
      bits |= uint16_t((magnitude + 0xFFF + (magnitude >> 13 & 1) - 0x38000000) >> 13);
    else  // a multiple of 2^-24, which is what f32 rounds to between 0.5 and 1
      bits |= uint16_t(bits_of(float_of(magnitude) + 0.5f) - bits_of(0.5f));
#endif
  }

  HOST_DEVICE operator float() const {
#ifdef __CUDA_ARCH__
    float x;
    asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(bits));
    return x;
#else
    const uint32_t sign = uint32_t(bits & 0x8000) << 16, magnitude = bits & 0x7FFF;
    if (magnitude >= 0x7C00) return float_of(sign | 0x7F800000 | (magnitude & 0x3FF) << 13);
    if (magnitude >= 0x400) return float_of(sign | ((magnitude << 13) + 0x38000000));
    const float subnormal = float(magnitude) * 0x1p-24f;
    return sign ? -subnormal : subnormal;
#endif
  }
};

}  // namespace tuna
