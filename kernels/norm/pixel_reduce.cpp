#include "kernels/norm/pixel_reduce.h"

#include <type_traits>

namespace tuna {
namespace {

constexpr int64_t kFewChannels = 64;  // with fewer, neighbouring pixels share a row
constexpr int64_t kChunks = 64;       // per sample at most: merging them stays cheap
constexpr int64_t kRunRows = 64;      // added up in f32
constexpr int64_t kBlockLanes = 256;  // handled at a time: their sums stay in L1, on the stack
constexpr int64_t kRowsAtOnce = 4;    // per pass over the sums, which are then loaded and stored that less often

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Calls body(rows, offset of the first) with `rows` a compile-time constant, kRowsAtOnce or 1.
template <class Body>
void for_rows(int64_t rows, int64_t stride, Body body) {
  int64_t row = 0;
  for (; row + kRowsAtOnce <= rows; row += kRowsAtOnce)
    body(std::integral_constant<int64_t, kRowsAtOnce>(), row * stride);
  for (; row < rows; ++row) body(std::integral_constant<int64_t, 1>(), row * stride);
}

struct Moments {
  const float* x;

  // Mean and sum of squared deviations of a run.  Deviations are taken from its first row: since that row belongs to
  // the run, what cancels below is at most kRunRows times the result.
  void run(int64_t offset, int64_t rows, int64_t stride, const float*, int64_t width, double* mean,
           double* squares) const {
    float sum[kBlockLanes] = {}, square[kBlockLanes] = {};
    const float* first = x + offset;
    for_rows(rows, stride, [&](auto at_once, int64_t start) {
      const float* row = first + start;
#pragma omp simd
      for (int64_t lane = 0; lane < width; ++lane) {
        float s = 0, q = 0;
        for (int64_t r = 0; r < at_once; ++r) {
          const float deviation = row[r * stride + lane] - first[lane];
          s += deviation;
          q += deviation * deviation;
        }
        sum[lane] += s;
        square[lane] += q;
      }
    });
    const double share = 1.0 / double(rows);
#pragma omp simd
    for (int64_t lane = 0; lane < width; ++lane) {
      const double average = sum[lane] * share;
      mean[lane] = first[lane] + average;
      squares[lane] = std::max(0.0, square[lane] - sum[lane] * average);
    }
  }

  // Merges without cancellation (Chan et al., 1979).
  static void merge(int64_t width, double count, double* mean, double* squares, double other_count,
                    const double* other_mean, const double* other_squares) {
    const double weight = other_count / (count + other_count), cross = count * weight;
#pragma omp simd
    for (int64_t i = 0; i < width; ++i) {
      const double delta = other_mean[i] - mean[i];
      mean[i] += delta * weight;
      squares[i] += other_squares[i] + delta * delta * cross;
    }
  }
};

template <bool kRectified>
struct GradientSums {
  const float *x, *dy, *y;  // y: the output of a rectifier, dy its gradient

  void run(int64_t offset, int64_t rows, int64_t stride, const float* mean, int64_t width, double* sums,
           double* products) const {
    float sum[kBlockLanes] = {}, product[kBlockLanes] = {};
    for_rows(rows, stride, [&](auto at_once, int64_t start) {
      const float *x_row = x + offset + start, *dy_row = dy + offset + start,
                  *y_row = kRectified ? y + offset + start : nullptr;
#pragma omp simd
      for (int64_t lane = 0; lane < width; ++lane) {
        float s = 0, p = 0;
        for (int64_t r = 0; r < at_once; ++r) {
          float gradient = dy_row[r * stride + lane];
          if constexpr (kRectified) gradient = y_row[r * stride + lane] > 0 ? gradient : 0;
          s += gradient;
          p += gradient * (x_row[r * stride + lane] - mean[lane]);
        }
        sum[lane] += s;
        product[lane] += p;
      }
    });
    std::copy_n(sum, width, sums);
    std::copy_n(product, width, products);
  }

  static void merge(int64_t width, double, double* sums, double* products, double, const double* other_sums,
                    const double* other_products) {
#pragma omp simd
    for (int64_t i = 0; i < width; ++i) {
      sums[i] += other_sums[i];
      products[i] += other_products[i];
    }
  }
};

// Merges runs into chunks, lanes into channels, and chunks into samples.
template <class Sums>
void reduce(const PixelWorkspace& work, const Sums& sums) {
  const PixelGrid& grid = work.grid;
  const int64_t channels = grid.channels, lanes = grid.lanes();

  grid.for_each_chunk([&](int64_t chunk, int64_t sample, int64_t begin, int64_t pixels) {
    const int64_t rows = pixels / grid.row_pixels, rest = pixels % grid.row_pixels;
    const int64_t start = (sample * grid.pixels + begin) * channels;
    std::fill_n(work.partial(chunk, 0), 2 * channels, 0.0);

    for (int64_t block = 0; block < lanes; block += kBlockLanes) {
      const int64_t width = std::min(kBlockLanes, lanes - block);
      const float* mean = work.coefficient(sample, 0) + block;
      double first[kBlockLanes] = {}, second[kBlockLanes] = {}, run_first[kBlockLanes], run_second[kBlockLanes];
      for (int64_t row = 0; row < rows; row += kRunRows) {
        const int64_t count = std::min(kRunRows, rows - row);
        sums.run(start + row * lanes + block, count, lanes, mean, width, run_first, run_second);
        Sums::merge(width, double(row), first, second, double(count), run_first, run_second);
      }
      if (rest > 0) {
        sums.run(start + rows * lanes, 1, lanes, mean, rest * channels, run_first, run_second);
        Sums::merge(rest * channels, double(rows), first, second, 1, run_first, run_second);
      }
      int64_t counted = 0;
      for (int64_t pixel = 0; pixel < grid.row_pixels; ++pixel) {
        const int64_t count = rows + (pixel < rest);
        if (count == 0) break;
        Sums::merge(std::min(channels, width), double(counted), work.partial(chunk, 0) + block,
                    work.partial(chunk, 1) + block, double(count), first + pixel * channels, second + pixel * channels);
        counted += count;
      }
    }
  });

  for (int64_t sample = 0; sample < grid.samples; ++sample)
    for (int64_t chunk = 1; chunk < grid.chunks; ++chunk) {
      const int64_t whole = sample * grid.chunks, counted = chunk * grid.chunk_pixels;
      Sums::merge(channels, double(counted), work.partial(whole, 0), work.partial(whole, 1),
                  double(std::min(grid.chunk_pixels, grid.pixels - counted)), work.partial(whole + chunk, 0),
                  work.partial(whole + chunk, 1));
    }
}

}  // namespace

PixelGrid::PixelGrid(const Type& type, int64_t samples, int64_t pixels)
    : samples(samples),
      pixels(pixels),
      channels(type.shape.c),
      row_pixels(std::max<int64_t>(1, kFewChannels / type.shape.c)) {
  check(type.dtype == DType::f32, "backend cpu reduces pixels in f32 only, not {}", to_string(type.dtype));
  const int64_t elements = std::max(kElementsPerChunk, ceil_div(pixels * channels, kChunks));
  chunk_pixels = ceil_div(elements, lanes()) * row_pixels;
  chunks = ceil_div(pixels, chunk_pixels);
}

size_t PixelGrid::workspace() const {
  return size_t(samples) * (size_t(chunks * 2 * channels) * sizeof(double) + size_t(4 * lanes()) * sizeof(float));
}

PixelWorkspace::PixelWorkspace(const PixelGrid& grid, void* memory)
    : grid(grid),
      partials(static_cast<double*>(memory)),
      coefficients(reinterpret_cast<float*>(partials + grid.samples * grid.chunks * 2 * grid.channels)) {}

void reduce_moments(const PixelWorkspace& work, const float* x) { reduce(work, Moments{x}); }

void reduce_gradient(const PixelWorkspace& work, const float* x, const float* dy, const float* y) {
  if (y)
    reduce(work, GradientSums<true>{x, dy, y});
  else
    reduce(work, GradientSums<false>{x, dy, nullptr});
}

void set_normalise(const PixelWorkspace& work, int64_t sample, int64_t channel, double mean, double scale,
                   double offset) {
  work.set(sample, 0, channel, mean);
  work.set(sample, 1, channel, scale);
  work.set(sample, 2, channel, offset + (float(mean) - mean) * scale);
}

void normalise(const PixelWorkspace& work, const float* x, float* y) {
  work.grid.for_each_row([=, &work](int64_t offset, int64_t width, int64_t sample) {
    const float *mean = work.coefficient(sample, 0), *scale = work.coefficient(sample, 1),
                *shift = work.coefficient(sample, 2), *in = x + offset;
    float* out = y + offset;
#pragma omp simd
    for (int64_t i = 0; i < width; ++i) out[i] = (in[i] - mean[i]) * scale[i] + shift[i];
  });
}

void normalise_backward(const PixelWorkspace& work, const float* x, const float* dy, float* dx) {
  work.grid.for_each_row([=, &work](int64_t offset, int64_t width, int64_t sample) {
    const float *mean = work.coefficient(sample, 0), *slope = work.coefficient(sample, 1),
                *shift = work.coefficient(sample, 2), *scale = work.coefficient(sample, 3), *in = x + offset,
                *gradient = dy + offset;
    float* out = dx + offset;
#pragma omp simd
    for (int64_t i = 0; i < width; ++i) out[i] = gradient[i] * scale[i] + ((in[i] - mean[i]) * slope[i] + shift[i]);
  });
}

}  // namespace tuna
