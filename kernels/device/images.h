// Launches the kernel of images.cuh.
#pragma once

#include <initializer_list>

#include "kernels/device/images.cuh"
#include "kernels/device/pixels.h"

namespace tuna::BACKEND {

template <class T>
Images<T> images(const View& view) {
  const auto [n, h, w, c] = view.type.shape;
  return {view.data<T>(), int(n), int(h), int(w), int(c)};
}

/// Writes every pixel of y as `source` reads it, kWidth channels at a time.
template <int kWidth, class Source, class T>
void launch_images_by(Source source, const Images<T>& y, Stream& stream) {
  constexpr int kThreads = 256;
  const size_t row = size_t(y.width) * size_t(y.channels / kWidth);
  const size_t threads = row * ceil_div(size_t(y.height), kRowsPerThread);
  const dim3 grid(unsigned(ceil_div(threads, kThreads)), unsigned(y.samples));
  LAUNCH((map_images<kThreads, kWidth, Source, T>), grid, kThreads, stream, source, y);
}

/// The same, with as many channels at a time as possible; `accessed` is the memory read in vectors of y's channels.
template <class Source, class T>
void launch_images(Source source, std::initializer_list<const void*> accessed, const Images<T>& y, Stream& stream) {
  const bool aligned = std::all_of(accessed.begin(), accessed.end(), is_aligned);
  with_width<T>(aligned ? y.channels : 1, {y.data}, [&](auto width) { launch_images_by<width>(source, y, stream); });
}

}  // namespace tuna::BACKEND
