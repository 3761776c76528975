// Passes over the pixels of an NHWC tensor: sums per sample and channel, and writing with what they gave.
//
// A thread keeps its channels and goes down the pixels, so that what belongs to a channel is read once and no address
// needs a division.  A block is some columns (vectors of neighbouring channels, so that loads coalesce) times as many
// rows (pixels at a time) as there are threads for.  Few (sample, channel) pairs with many pixels do not fill a GPU:
// so the pixels are split into chunks, one block each, and a second launch of the same kernel sums up the chunks.
// Everything happens in a fixed order and without atomics: the same input gives the same bits.
#pragma once

#include "kernels/device/vector.cuh"

namespace tuna::BACKEND {

/// What one thread passes over: elements begin, begin + step, ... below end.  Empty for threads without work.
struct PixelRun {
  size_t begin, end, step;
  size_t statistic;  // sample * channels + channel: where what belongs to the channels lies
};

/// How the pixels of [samples, pixels, channels] are shared out; channels are counted in vectors.
struct PixelTiles {
  unsigned samples, pixels, vectors, width;
  unsigned columns, rows;             // of a block: vectors, pixels at a time
  unsigned pixels_per_chunk, chunks;  // of each sample

  /// One block has `threads`, of which columns * rows work.
  HOST_DEVICE static PixelTiles make(size_t samples, size_t pixels, size_t channels, unsigned width, unsigned threads,
                                     size_t pixels_per_thread, size_t most_chunks) {
    PixelTiles tiles{unsigned(samples), unsigned(pixels), unsigned(channels / width), width, 0, 0, 0, 0};
    tiles.columns = min(tiles.vectors, min(threads, unsigned(kWarp)));
    tiles.rows = threads / tiles.columns;
    const size_t least = ceil_div(pixels, most_chunks);
    tiles.pixels_per_chunk = unsigned(ceil_div(max(least, pixels_per_thread * tiles.rows), tiles.rows) * tiles.rows);
    tiles.chunks = unsigned(ceil_div(pixels, tiles.pixels_per_chunk));
    return tiles;
  }

  HOST_DEVICE dim3 grid() const { return dim3(unsigned(ceil_div(vectors, columns)), chunks, samples); }

  DEVICE unsigned row() const { return threadIdx.x / columns; }
  DEVICE unsigned vector() const { return blockIdx.x * columns + threadIdx.x % columns; }
  DEVICE bool has_work() const { return row() < rows && vector() < vectors; }

  /// Where the block's result for this thread's vector belongs: a [samples, chunks, vectors].
  DEVICE size_t result() const { return (size_t(blockIdx.z) * chunks + blockIdx.y) * vectors + vector(); }

  DEVICE PixelRun run() const {
    if (!has_work()) return {0, 0, 1, 0};
    const size_t channels = size_t(vectors) * width, channel = size_t(vector()) * width;
    const size_t first = size_t(blockIdx.y) * pixels_per_chunk, sample = size_t(blockIdx.z) * pixels;
    const size_t last = min(first + pixels_per_chunk, size_t(pixels));
    return {(sample + first + row()) * channels + channel, (sample + last) * channels, rows * channels,
            blockIdx.z * channels + channel};
  }
};

/// sum(run) adds up the pixels of a run, into a Partial with merge(other); store(result, whole) takes the block's.
template <int kThreads, class Sum, class Store>
KERNEL LAUNCH_BOUNDS(kThreads) reduce_pixels(Sum sum, Store store, PixelTiles tiles) {
  using Partial = decltype(sum(tiles.run()));
  SHARED(Partial, partials, kThreads);
  const unsigned row = tiles.row();
  Partial mine = sum(tiles.run());
  partials[threadIdx.x] = mine;

  unsigned half = 1;
  while (half < tiles.rows) half *= 2;
  for (half /= 2; half > 0; half /= 2) {
    __syncthreads();
    if (row >= half || row + half >= tiles.rows) continue;
    mine.merge(partials[threadIdx.x + half * tiles.columns]);
    partials[threadIdx.x] = mine;
  }
  if (row == 0 && tiles.has_work()) store(tiles.result(), mine);
}

/// Writes what the blocks of a first pass leave behind, [samples, chunks, vectors], and adds it up in a second one.
template <class Partial>
struct StorePartials {
  Partial* partials;

  DEVICE void operator()(size_t result, const Partial& whole) const { partials[result] = whole; }
};

template <class Partial>
struct SumPartials {
  const Partial* partials;

  DEVICE Partial operator()(const PixelRun& run) const {
    Partial sum{};
    for (size_t i = run.begin; i < run.end; i += run.step) sum.merge(partials[i]);
    return sum;
  }
};

/// The plain sum of the pixels, and where it goes: y [samples, channels], times a factor.
template <int kWidth>
struct PixelSum {
  Vector<kWidth> sum = {};

  DEVICE void merge(const PixelSum& other) { sum = sum + other.sum; }
};

template <class T, int kWidth>
struct SumVectors {
  const T* x;

  DEVICE PixelSum<kWidth> operator()(const PixelRun& run) const {
    PixelSum<kWidth> sum;
    UNROLL(4)
    for (size_t i = run.begin; i < run.end; i += run.step) sum.merge({load<kWidth>(x + i)});
    return sum;
  }
};

template <class T, int kWidth>
struct StoreSum {
  T* y;
  float factor;

  DEVICE void operator()(size_t vector, const PixelSum<kWidth>& whole) const {
    store(y + vector * kWidth, whole.sum * factor);
  }
};

/// write(run) does something with the pixels of each run.
template <int kThreads, class Write>
KERNEL LAUNCH_BOUNDS(kThreads) write_pixels(Write write, PixelTiles tiles) {
  write(tiles.run());
}

/// y = f(x) for the vectors of a run, where f = of(statistic) has read what belongs to their channels.  y may be x.
template <class T, int kWidth, class Of>
struct MapPixels {
  Of of;
  const T* x;
  T* y;

  DEVICE void operator()(const PixelRun& run) const {
    if (run.begin >= run.end) return;
    const auto f = of(run.statistic);
    UNROLL(4)
    for (size_t i = run.begin; i < run.end; i += run.step) store(y + i, f(load<kWidth>(x + i)));
  }
};

}  // namespace tuna::BACKEND
