// Neighbouring elements, read and written together in accesses of up to 16 bytes, and computed with in f32.
#pragma once

#include "kernels/device/device.h"

namespace tuna::BACKEND {

/// The number of elements in an access of 16 bytes.
template <class T>
constexpr int kPerAccess = int(16 / sizeof(T));

/// kWidth numbers in f32, for any type in memory; aligned so that they, too, are moved 16 bytes at a time.
template <int kWidth>
struct alignas(kWidth % 4 == 0 ? 16 : sizeof(float)) Vector {
  float at[kWidth];

  DEVICE float& operator[](int i) { return at[i]; }
  DEVICE float operator[](int i) const { return at[i]; }
};

/// The same number in every element.
template <int kWidth>
DEVICE Vector<kWidth> repeat(float x) {
  Vector<kWidth> result;
  UNROLL(16)
  for (int i = 0; i < kWidth; ++i) result[i] = x;
  return result;
}

/// Applies f to the elements of one vector or several.
template <int kWidth, class F, class... Others>
DEVICE Vector<kWidth> map(F f, const Vector<kWidth>& first, const Others&... others) {
  Vector<kWidth> result;
  UNROLL(16)
  for (int i = 0; i < kWidth; ++i) result[i] = f(first[i], others[i]...);
  return result;
}

template <int kWidth>
DEVICE Vector<kWidth> operator+(const Vector<kWidth>& a, const Vector<kWidth>& b) {
  return map([](float x, float y) { return x + y; }, a, b);
}
template <int kWidth>
DEVICE Vector<kWidth> operator-(const Vector<kWidth>& a, const Vector<kWidth>& b) {
  return map([](float x, float y) { return x - y; }, a, b);
}
template <int kWidth>
DEVICE Vector<kWidth> operator*(const Vector<kWidth>& a, const Vector<kWidth>& b) {
  return map([](float x, float y) { return x * y; }, a, b);
}
template <int kWidth>
DEVICE Vector<kWidth> operator*(const Vector<kWidth>& a, float b) {
  return map([b](float x) { return x * b; }, a);
}

/// kWidth elements in their type in memory.
template <class T, int kWidth>
struct alignas(sizeof(T) * kWidth < 16 ? sizeof(T) * kWidth : 16) Stored {
  T at[kWidth];

  DEVICE operator Vector<kWidth>() const {
    Vector<kWidth> result;
    UNROLL(16)
    for (int i = 0; i < kWidth; ++i) result[i] = float(at[i]);
    return result;
  }
};

/// Reads kWidth elements, aligned for it.
template <int kWidth, class T>
DEVICE Stored<T, kWidth> load_stored(const T* from) {
  return *reinterpret_cast<const Stored<T, kWidth>*>(from);
}
template <int kWidth, class T>
DEVICE Vector<kWidth> load(const T* from) {
  return load_stored<kWidth>(from);
}

template <int kWidth, class T>
DEVICE void store(T* to, const Vector<kWidth>& values) {
  Stored<T, kWidth> stored;
  UNROLL(16)
  for (int i = 0; i < kWidth; ++i) stored.at[i] = T(values[i]);
  *reinterpret_cast<Stored<T, kWidth>*>(to) = stored;
}

}  // namespace tuna::BACKEND
