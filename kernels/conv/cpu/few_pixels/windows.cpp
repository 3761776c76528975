#include "kernels/conv/cpu/few_pixels/windows.h"

#include <algorithm>

namespace tuna::conv_cpu::windows {

void gather(const Windows& windows, const float* x, float* to) {
  const ConvProblem& p = windows.p;
#pragma omp parallel for schedule(static)
  for (int64_t pixel = 0; pixel < windows.pixels(); ++pixel) {
    const int64_t n = pixel / (p.out_height * p.out_width), i = pixel / p.out_width % p.out_height,
                  j = pixel % p.out_width;
    float* element = to + pixel * windows.row();
    for (int64_t u = 0; u < p.kernel_height; ++u)
      for (int64_t v = 0; v < p.kernel_width; ++v, element += p.channels) {
        const int64_t h = i * p.stride + u - p.padding, w = j * p.stride + v - p.padding;
        if (h >= 0 && h < p.height && w >= 0 && w < p.width)
          std::copy_n(x + ((n * p.height + h) * p.width + w) * p.channels, p.channels, element);
        else
          std::fill_n(element, p.channels, 0.0f);
      }
  }
}

void scatter(const Windows& windows, const float* gradients, float* dx) {
  const ConvProblem& p = windows.p;
  // The output whose tap `tap` reads input `in`, or -1.
  const auto output = [&](int64_t in, int64_t tap, int64_t outputs) {
    const int64_t start = in + p.padding - tap;
    return start >= 0 && start % p.stride == 0 && start / p.stride < outputs ? start / p.stride : -1;
  };
#pragma omp parallel for schedule(static)
  for (int64_t pixel = 0; pixel < p.samples * p.height * p.width; ++pixel) {
    const int64_t n = pixel / (p.height * p.width), h = pixel / p.width % p.height, w = pixel % p.width;
    float* sum = dx + pixel * p.channels;
    std::fill_n(sum, p.channels, 0.0f);
    for (int64_t u = 0; u < p.kernel_height; ++u)
      for (int64_t v = 0; v < p.kernel_width; ++v) {
        const int64_t i = output(h, u, p.out_height), j = output(w, v, p.out_width);
        if (i < 0 || j < 0) continue;
        const float* gradient = gradients + ((n * p.out_height + i) * p.out_width + j) * windows.row()
                                + (u * p.kernel_width + v) * p.channels;
#pragma omp simd
        for (int64_t c = 0; c < p.channels; ++c) sum[c] += gradient[c];
      }
  }
}

}  // namespace tuna::conv_cpu::windows
