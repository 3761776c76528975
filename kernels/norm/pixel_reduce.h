// Sums over pixels, per sample and channel, and the pass over the pixels that uses them, for every norm on the cpu.
// Rows of channels are vectors; chunks of pixels are shared between threads; sums run in f32 over short runs of rows,
// which are merged in f64 and in order, so that long sums stay accurate and the same with any number of threads.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/program/kernel.h"
#include "engine/program/op.h"
#include "kernels/parallel.h"

namespace tuna {

/// How the pixels of an f32 [N, H, W, C] are divided into rows and chunks.  Depends on the shape alone.
struct PixelGrid {
  int64_t samples, pixels, channels;
  int64_t row_pixels;            // neighbours that are handled as one row, so that few channels still fill vectors
  int64_t chunk_pixels, chunks;  // of each sample; every chunk but the last is whole rows

  PixelGrid(const Type& type, int64_t samples, int64_t pixels);

  /// Statistics of each sample.
  static PixelGrid per_sample(const Type& type) { return {type, type.shape.n, type.shape.pixels()}; }

  /// Statistics over the whole batch: its samples are contiguous in memory, like the pixels of a single one.
  static PixelGrid whole_batch(const Type& type) { return {type, 1, type.shape.n * type.shape.pixels()}; }

  int64_t lanes() const { return row_pixels * channels; }
  size_t workspace() const;

  /// Runs body(chunk, sample, first pixel, number of pixels) for the chunks of all samples.
  template <class Body>
  void for_each_chunk(Body body) const {
    parallel_items(samples * chunks, chunk_pixels * channels, [&](int64_t chunk) {
      const int64_t begin = chunk % chunks * chunk_pixels;
      body(chunk, chunk / chunks, begin, std::min(chunk_pixels, pixels - begin));
    });
  }

  /// Runs body(offset, width, sample) for every row.  Rows run one after the other, in the order of memory: several at
  /// a time would load the coefficients less often, but stream slower from beyond L2.
  template <class Body>
  void for_each_row(Body body) const {
    for_each_chunk([&](int64_t, int64_t sample, int64_t begin, int64_t count) {
      const int64_t start = (sample * pixels + begin) * channels, end = start + count * channels;
      for (int64_t row = start; row < end; row += lanes()) body(row, std::min(lanes(), end - row), sample);
    });
  }
};

/// The memory that a norm needs between its passes: two sums per sample and channel, and up to four coefficients per
/// lane of a row.
struct PixelWorkspace {
  PixelGrid grid;
  double* partials;     // [samples * chunks, 2, channels]; a sample's first chunk receives the total
  float* coefficients;  // [samples, 4, lanes]

  PixelWorkspace(const PixelGrid& grid, void* memory);

  double* partial(int64_t chunk, int which) const { return partials + (2 * chunk + which) * grid.channels; }
  double total(int64_t sample, int which, int64_t channel) const {
    return partial(sample * grid.chunks, which)[channel];
  }
  float* coefficient(int64_t sample, int which) const { return coefficients + (4 * sample + which) * grid.lanes(); }

  /// Sets one coefficient of a channel, in each lane of a row that belongs to it.
  void set(int64_t sample, int which, int64_t channel, double value) const {
    for (int64_t pixel = 0; pixel < grid.row_pixels; ++pixel)
      coefficient(sample, which)[pixel * grid.channels + channel] = float(value);
  }
};

/// total 0: mean; total 1: sum of squared deviations from it.
void reduce_moments(const PixelWorkspace& work, const float* x);

/// total 0: sum of dy; total 1: sum of dy * (x - coefficient 0).  With y: only of dy where y > 0.
void reduce_gradient(const PixelWorkspace& work, const float* x, const float* dy, const float* y = nullptr);

/// Prepares normalise for y = (x - mean) * scale + offset.  The rounding error of the mean in f32, which matters if it
/// is large relative to the deviation, is added to the offset.
void set_normalise(const PixelWorkspace& work, int64_t sample, int64_t channel, double mean, double scale,
                   double offset);

/// y = (x - coefficient 0) * coefficient 1 + coefficient 2.  y may be x.
void normalise(const PixelWorkspace& work, const float* x, float* y);

/// dx = (x - coefficient 0) * coefficient 1 + coefficient 2 + dy * coefficient 3.  dx may be dy.
void normalise_backward(const PixelWorkspace& work, const float* x, const float* dy, float* dx);

}  // namespace tuna
