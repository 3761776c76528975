// Launches the passes of pixels.cuh.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <type_traits>

#include "kernels/device/launch.h"
#include "kernels/device/pixels.cuh"

namespace tuna::BACKEND {

/// A tensor with one statistic per sample and channel, or, of the whole batch, per channel: its samples follow each
/// other in memory, like the pixels of a single one.
struct PixelShape {
  int64_t samples, pixels, channels;

  static PixelShape per_sample(const Shape& shape) { return {shape.n, shape.pixels(), shape.c}; }
  static PixelShape whole_batch(const Shape& shape) { return {1, shape.n * shape.pixels(), shape.c}; }
};

constexpr int kPixelThreads = 256;

/// Of passes that reduce: each block costs a partial result, so no more blocks than fill a large GPU several times.
/// kThreads: of a block; tests take fewer than the kernels do.
template <int kThreads = kPixelThreads>
PixelTiles reduce_tiles(const PixelShape& shape, int width) {
  constexpr size_t kMostBlocks = 512;
  return PixelTiles::make(size_t(shape.samples), size_t(shape.pixels), size_t(shape.channels), unsigned(width),
                          kThreads, kMostBlocks);
}

/// Of passes that only write: their blocks cost nothing.
template <int kThreads = kPixelThreads>
PixelTiles write_tiles(const PixelShape& shape, int width) {
  constexpr size_t kMostBlocks = 65535;  // that a grid may have in y
  return PixelTiles::make(size_t(shape.samples), size_t(shape.pixels), size_t(shape.channels), unsigned(width),
                          kThreads, kMostBlocks);
}

/// Calls f(width), a constant: as many channels as an access of 16 bytes has, where their number and the addresses of
/// all that is accessed so allow it, else 1.
template <class T, class F>
void with_width(int64_t channels, std::initializer_list<const void*> accessed, F f) {
  if (channels % kPerAccess<T> == 0 && std::all_of(accessed.begin(), accessed.end(), is_aligned))
    f(std::integral_constant<int, kPerAccess<T>>());
  else
    f(std::integral_constant<int, 1>());
}

/// Bytes that launch_reduce() needs for a Partial<width>, whatever the width.
template <template <int> class Partial, int kThreads = kPixelThreads>
size_t reduce_workspace(const PixelShape& shape) {
  const auto bytes = [&](auto width) -> size_t {
    if (shape.channels % width != 0) return 0;
    const PixelTiles tiles = reduce_tiles<kThreads>(shape, width);
    return size_t(tiles.samples) * tiles.chunks * tiles.vectors * sizeof(Partial<width>);
  };
  return std::max({bytes(std::integral_constant<int, 1>()), bytes(std::integral_constant<int, 4>()),
                   bytes(std::integral_constant<int, 8>())});
}

/// store(i, whole) for each vector i of [samples, vectors] of channels, with what sum() finds in all its pixels.
template <int kThreads = kPixelThreads, class Sum, class Store>
void launch_reduce(Sum sum, Store store, const PixelTiles& tiles, void* workspace, Stream& stream) {
  if (tiles.chunks == 1) {
    LAUNCH((reduce_pixels<kThreads, Sum, Store>), tiles.grid(), kThreads, stream, sum, store, tiles);
    return;
  }
  using Partial = decltype(sum(PixelRun()));
  auto* partials = static_cast<Partial*>(workspace);
  LAUNCH((reduce_pixels<kThreads, Sum, StorePartials<Partial>>), tiles.grid(), kThreads, stream, sum,
         StorePartials<Partial>{partials}, tiles);
  LAUNCH((merge_chunks<kThreads, Partial, Store>), tiles.samples * tiles.vectors, kThreads, stream, partials,
         tiles.chunks, store);
}

/// y [samples, channels] = factor * sum(x) over the pixels.  The workspace is that of a PixelSum.
template <class T, class Sum>
void launch_sum(const PixelShape& shape, const T* x, float factor, Sum* y, void* workspace, Stream& stream) {
  with_width<T>(shape.channels, {x, y}, [&](auto width) {
    constexpr int kWidth = width;
    launch_reduce(SumVectors<T, kWidth>{x}, StoreSum<Sum, kWidth>{y, factor}, reduce_tiles(shape, kWidth), workspace,
                  stream);
  });
}

template <int kThreads = kPixelThreads, class Write>
void launch_write(Write write, const PixelTiles& tiles, Stream& stream) {
  LAUNCH((write_pixels<kThreads, Write>), tiles.grid(), kThreads, stream, write, tiles);
}

/// y = f(x), where f = of(statistic); y may be x.
template <int kWidth, class T, class Of>
void launch_map(Of of, const PixelTiles& tiles, const T* x, T* y, Stream& stream) {
  launch_write(MapPixels<T, kWidth, Of>{of, x, y}, tiles, stream);
}

}  // namespace tuna::BACKEND
