// Launches the passes of pixels.cuh.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <type_traits>

#include "kernels/device/launch.h"
#include "kernels/device/pixels.cuh"

namespace tuna::BACKEND {

/// A tensor with one statistic per sample and channel, or, for the whole batch, one per channel: its samples are
/// contiguous in memory, like the pixels of a single one.
struct PixelShape {
  int64_t samples, pixels, channels;

  static PixelShape per_sample(const Shape& shape) { return {shape.n, shape.pixels(), shape.c}; }
  static PixelShape whole_batch(const Shape& shape) { return {1, shape.n * shape.pixels(), shape.c}; }
};

constexpr int kPixelThreads = 256;

/// The tiles of passes that reduce.  Each block costs a partial result, so there are no more blocks than fill a large
/// GPU several times.  kThreads: of a block; tests use fewer than the kernels do.
template <int kThreads = kPixelThreads>
PixelTiles reduce_tiles(const PixelShape& shape, int width) {
  constexpr size_t kMostBlocks = 512;
  return PixelTiles::make(size_t(shape.samples), size_t(shape.pixels), size_t(shape.channels), unsigned(width),
                          kThreads, kMostBlocks);
}

/// The tiles of passes that only write, whose blocks cost nothing.
template <int kThreads = kPixelThreads>
PixelTiles write_tiles(const PixelShape& shape, int width) {
  constexpr size_t kMostBlocks = 65535;  // the limit of a grid in y
  return PixelTiles::make(size_t(shape.samples), size_t(shape.pixels), size_t(shape.channels), unsigned(width),
                          kThreads, kMostBlocks);
}

/// Calls f(width) with a compile-time constant: the elements in an access of 16 bytes if the number of channels and the
/// addresses of all accessed memory allow it, else 1.
template <class T, class F>
void with_width(int64_t channels, std::initializer_list<const void*> accessed, F f) {
  if (channels % kPerAccess<T> == 0 && std::all_of(accessed.begin(), accessed.end(), is_aligned))
    f(std::integral_constant<int, kPerAccess<T>>());
  else
    f(std::integral_constant<int, 1>());
}

/// The bytes of workspace that launch_reduce() needs for a Partial<width> of any width.
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

/// Calls store(i, whole) for each vector i of [samples, vectors] of channels, with the result of sum() over its pixels.
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
