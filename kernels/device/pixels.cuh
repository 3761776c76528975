// Passes over the pixels of an NHWC tensor: sums per sample and channel, and the passes that use the sums.
//
// A thread keeps its channels and iterates over the pixels, so that per-channel values are read once and no address
// needs a division.  A block is some columns (vectors of neighbouring channels, so that loads coalesce) times as many
// rows (pixels at a time) as its threads allow.  Few (sample, channel) pairs with many pixels do not fill a GPU, so the
// pixels are split into chunks, one block each, and a second kernel merges the partial results of the chunks.  A thread
// loads some pixels before it uses the first, because only loads in flight hide the latency of memory.  The order is
// fixed and there are no atomics: the same input gives the same bits.
#pragma once

#include "kernels/device/vector.cuh"

namespace tuna::BACKEND {

/// The elements that one thread handles: begin, begin + step, ... below end.  Empty for threads without work.
struct PixelRun {
  size_t begin, end, step;
  size_t statistic;  // sample * channels + channel: the index of per-channel values
};

/// The number of pixels that a thread loads before it uses the first: of one tensor, or of two at the same place.
constexpr unsigned kPixelsAtOnce = 4, kPairsAtOnce = kPixelsAtOnce / 2;

/// Calls use(i, load(i)) for the elements i of a run, in their order.  kAtOnce of them are loaded before the first is
/// used, so use(i) may overwrite what load(i) has read, but nothing that another load reads.  load() should return
/// Stored, because a conversion is a use.
template <unsigned kAtOnce, class Load, class Use>
DEVICE void load_and_use(const PixelRun& run, Load load, Use use) {
  size_t i = run.begin;
  for (; i + (kAtOnce - 1) * run.step < run.end; i += kAtOnce * run.step) {
    decltype(load(i)) loaded[kAtOnce];
    UNROLL(16)
    for (unsigned k = 0; k < kAtOnce; ++k) loaded[k] = load(i + k * run.step);
    if (i == run.end) break;  // never true; the branch keeps the compiler from moving loads to their uses
    UNROLL(16)
    for (unsigned k = 0; k < kAtOnce; ++k) use(i + k * run.step, loaded[k]);
  }
  UNROLL(1)
  for (; i < run.end; i += run.step) use(i, load(i));
}

/// Calls use(i, x) for the vectors of a run; it may overwrite x.
template <int kWidth, class T, class Use>
DEVICE void for_pixels(const PixelRun& run, const T* x, Use use) {
  load_and_use<kPixelsAtOnce>(
      run, [&](size_t i) { return load_stored<kWidth>(x + i); },
      [&](size_t i, const Vector<kWidth>& value) { use(i, value); });
}

/// Calls use(i, a, b) for the vectors of a run at the same place in two tensors; it may overwrite both.
template <int kWidth, class T, class Use>
DEVICE void for_pairs(const PixelRun& run, const T* a, const T* b, Use use) {
  struct Pair {
    Stored<T, kWidth> a, b;
  };
  load_and_use<kPairsAtOnce>(
      run,
      [&](size_t i) {
        return Pair{load_stored<kWidth>(a + i), load_stored<kWidth>(b + i)};
      },
      [&](size_t i, const Pair& pair) { use(i, Vector<kWidth>(pair.a), Vector<kWidth>(pair.b)); });
}

/// How the pixels of [samples, pixels, channels] are divided between threads; channels are counted in vectors.
struct PixelTiles {
  unsigned samples, pixels, vectors, width;
  unsigned columns, rows;             // of a block: vectors, pixels at a time
  unsigned pixels_per_chunk, chunks;  // of each sample

  /// A block has `threads` threads, of which columns * rows work.  There are as many blocks as there is work for: a
  /// thread has at least kPixelsAtOnce pixels, and more if a sample would take more than most_blocks blocks.
  HOST_DEVICE static PixelTiles make(size_t samples, size_t pixels, size_t channels, unsigned width, unsigned threads,
                                     size_t most_blocks) {
    constexpr unsigned kMostColumns = 16;  // 256 bytes of memory
    PixelTiles tiles{unsigned(samples), unsigned(pixels), unsigned(channels / width), width, 0, 0, 0, 0};
    tiles.columns = min(tiles.vectors, kMostColumns);
    tiles.rows = threads / tiles.columns;
    const size_t most_chunks = ceil_div(most_blocks, ceil_div(tiles.vectors, tiles.columns)),
                 least = kPixelsAtOnce * tiles.rows;
    tiles.pixels_per_chunk = unsigned(ceil_div(ceil_div(pixels, most_chunks), least) * least);
    tiles.chunks = unsigned(ceil_div(pixels, tiles.pixels_per_chunk));
    return tiles;
  }

  HOST_DEVICE dim3 grid() const { return dim3(unsigned(ceil_div(vectors, columns)), chunks, samples); }

  DEVICE unsigned row() const { return threadIdx.x / columns; }
  DEVICE unsigned vector() const { return blockIdx.x * columns + threadIdx.x % columns; }
  DEVICE bool has_work() const { return row() < rows && vector() < vectors; }

  /// The index of the block's result for this thread's vector, in [samples, vectors, chunks].
  DEVICE size_t result() const { return (size_t(blockIdx.z) * vectors + vector()) * chunks + blockIdx.y; }

  DEVICE PixelRun run() const {
    if (!has_work()) return {0, 0, 1, 0};
    const size_t channels = size_t(vectors) * width, channel = size_t(vector()) * width;
    const size_t first = size_t(blockIdx.y) * pixels_per_chunk, sample = size_t(blockIdx.z) * pixels;
    const size_t last = min(first + pixels_per_chunk, size_t(pixels));
    return {(sample + first + row()) * channels + channel, (sample + last) * channels, rows * channels,
            blockIdx.z * channels + channel};
  }
};

/// Merges the Partials of all rows of a block, in a fixed order, into that of row 0.
template <int kThreads, class Partial>
DEVICE void merge_rows(Partial& mine, unsigned row, unsigned rows, unsigned columns) {
  SHARED(Partial, partials, kThreads);
  partials[threadIdx.x] = mine;

  unsigned half = 1;
  while (half < rows) half *= 2;
  for (half /= 2; half > 0; half /= 2) {
    __syncthreads();
    if (row >= half || row + half >= rows) continue;
    mine.merge(partials[threadIdx.x + half * columns]);
    partials[threadIdx.x] = mine;
  }
}

/// sum(run) reduces the pixels of a run to a Partial with merge(other); store(result, whole) receives the block's.
template <int kThreads, class Sum, class Store>
KERNEL LAUNCH_BOUNDS(kThreads) reduce_pixels(Sum sum, Store store, PixelTiles tiles) {
  auto mine = sum(tiles.run());
  merge_rows<kThreads>(mine, tiles.row(), tiles.rows, tiles.columns);
  if (tiles.row() == 0 && tiles.has_work()) store(tiles.result(), mine);
}

/// Writes the partial results of reduce_pixels, [samples, vectors, chunks], for merge_chunks.
template <class Partial>
struct StorePartials {
  Partial* partials;

  DEVICE void operator()(size_t result, const Partial& whole) const { partials[result] = whole; }
};

/// store(result, whole) receives the merged chunks of a vector.  One block per vector; its threads read neighbours.
template <int kThreads, class Partial, class Store>
KERNEL LAUNCH_BOUNDS(kThreads) merge_chunks(const Partial* partials, unsigned chunks, Store store) {
  const Partial* of_vector = partials + size_t(blockIdx.x) * chunks;
  Partial mine{};
  for (unsigned chunk = threadIdx.x; chunk < chunks; chunk += kThreads) mine.merge(of_vector[chunk]);
  merge_rows<kThreads>(mine, threadIdx.x, min(chunks, unsigned(kThreads)), 1);
  if (threadIdx.x == 0) store(blockIdx.x, mine);
}

/// The sum of the pixels; StoreSum writes it to y [samples, channels], times a factor.
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
    for_pixels<kWidth>(run, x, [&](size_t, const Vector<kWidth>& pixel) { sum.merge({pixel}); });
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

/// Calls write(run) for the run of each thread.
template <int kThreads, class Write>
KERNEL LAUNCH_BOUNDS(kThreads) write_pixels(Write write, PixelTiles tiles) {
  write(tiles.run());
}

/// y = f(x) for the vectors of a run, where f = of(statistic) has read the values of their channels.  y may be x.
template <class T, int kWidth, class Of>
struct MapPixels {
  Of of;
  const T* x;
  T* y;

  DEVICE void operator()(const PixelRun& run) const {
    if (run.begin >= run.end) return;
    const auto f = of(run.statistic);
    for_pixels<kWidth>(run, x, [&](size_t i, const Vector<kWidth>& pixel) { store(y + i, f(pixel)); });
  }
};

}  // namespace tuna::BACKEND
