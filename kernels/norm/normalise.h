// Launches the kernels of normalise.cuh, which the norms share.
#pragma once

#include "kernels/device/pixels.h"
#include "kernels/norm/normalise.cuh"

namespace tuna::BACKEND {

/// A workspace of some floats per statistic, followed by that of the reduction.
struct NormWorkspace {
  int64_t statistics;
  float* floats;

  NormWorkspace(const PixelShape& shape, void* memory)
      : statistics(int64_t(rounded(shape))), floats(static_cast<float*>(memory)) {}

  template <template <int> class Partial>
  static size_t bytes(const PixelShape& shape, int count) {
    return rounded(shape) * size_t(count) * sizeof(float) + reduce_workspace<Partial>(shape);
  }

  float* statistic(int which) const { return floats + which * statistics; }
  void* after(int count) const { return statistic(count); }

 private:
  // Rounded up so that each is aligned for vectors.
  static size_t rounded(const PixelShape& shape) { return ceil_div(size_t(shape.samples * shape.channels), 4) * 4; }
};

/// dx, and the sums that it needs: sum_dy and sum_dy_xhat, like the statistics.  weight: null for 1.  dx may be dy.
/// The workspace is that of GradientSums.
template <class T>
void launch_normalise_gradient(const PixelShape& shape, const T* x, const T* dy, const float* mean, const float* rstd,
                               const float* weight, float* sum_dy, float* sum_dy_xhat, T* dx, void* workspace,
                               Stream& stream) {
  with_width<T>(shape.channels, {x, dy, mean, rstd, weight, sum_dy, sum_dy_xhat, dx}, [&](auto width) {
    constexpr int kWidth = width;
    launch_reduce(SumGradients<T, kWidth>{x, {dy}, mean}, StoreGradientSums<kWidth>{rstd, sum_dy, sum_dy_xhat},
                  reduce_tiles(shape, kWidth), workspace, stream);
    launch_write(
        NormaliseGradient<T, kWidth>{x, {dy}, mean, rstd, weight, sum_dy, sum_dy_xhat, 1 / float(shape.pixels), dx},
        write_tiles(shape, kWidth), stream);
  });
}

}  // namespace tuna::BACKEND
