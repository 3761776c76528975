// A tensor's memory on a device: its type and its address.
#pragma once

#include <cstdint>

#include "engine/base/type.h"

namespace tuna {

/// Elements of a known C++ type, by their indices.
template <class T>
struct Elements {
  T* data;
  Shape shape;

  T& operator()(int64_t n, int64_t h, int64_t w, int64_t c) const {
    return data[((n * shape.h + h) * shape.w + w) * shape.c + c];
  }
  T& operator()(int64_t n, int64_t pixel, int64_t c) const { return data[(n * shape.pixels() + pixel) * shape.c + c]; }
  T& operator[](int64_t i) const { return data[i]; }
  int64_t count() const { return shape.count(); }
};

struct View {
  Type type;
  void* memory = nullptr;

  template <class T>
  T* data() const {
    return static_cast<T*>(memory);
  }
  template <class T>
  Elements<T> as() const {
    return {static_cast<T*>(memory), type.shape};
  }
};

}  // namespace tuna
