// Convolutions without a library, as sums over the taps of the kernel of small matrix products on rows of pixels.  They
// run if oneDNN is not installed or does not fit.
#include "kernels/conv/cpu/matrix_product.h"
#include "kernels/conv/cpu/table.h"
#include "kernels/parallel.h"

namespace tuna::conv_cpu {
namespace {

bool fits(ConvDirection, const ConvProblem& problem, const Target&) { return problem.dtype == DType::f32; }

// The weight as [KH, KW, C, O], so that output channels are contiguous.
Packing pack_taps(const ConvProblem& p) {
  return {1, "taps", size_t(p.kernel_height * p.kernel_width * p.channels * p.out_channels) * sizeof(float),
          [p](const void* source, void* packed, Stream&) {
            const float* weight = static_cast<const float*>(source);
            float* taps = static_cast<float*>(packed);
            const int64_t inputs = p.kernel_height * p.kernel_width * p.channels;
            parallel_items(inputs, p.out_channels, [=](int64_t i) {
              for (int64_t o = 0; o < p.out_channels; ++o) taps[i * p.out_channels + o] = weight[o * inputs + i];
            });
          }};
}

Prepared forward(const ConvProblem& p) {
  Prepared prepared;
  prepared.packings = {pack_taps(p)};
  prepared.run = [p](const Args& args, Stream&) {
    const float *x = args.in[0].data<float>(), *taps = static_cast<const float*>(args.packed[0]);
    const float* shift = p.bias ? args.in[2].data<float>() : nullptr;
    float* y = args.out[0].data<float>();
#pragma omp parallel for schedule(static) collapse(2)
    for (int64_t n = 0; n < p.samples; ++n)
      for (int64_t i = 0; i < p.out_height; ++i) {
        float* row = y + (n * p.out_height + i) * p.out_width * p.out_channels;
        for (int64_t k = 0; k < p.out_width * p.out_channels; ++k) row[k] = shift ? shift[k % p.out_channels] : 0;
        for (int64_t u = 0; u < p.kernel_height; ++u) {
          const int64_t h = i * p.stride + u - p.padding;
          if (h < 0 || h >= p.height) continue;
          for (int64_t v = 0; v < p.kernel_width; ++v) {
            const TapRange range = tap_range(v, p.width, p.out_width, p.stride, p.padding);
            const float* pixels = x + ((n * p.height + h) * p.width + range.first) * p.channels;
            multiply_add(range.end - range.begin, p.out_channels, p.channels, {pixels, p.stride * p.channels, 1},
                         taps + (u * p.kernel_width + v) * p.channels * p.out_channels, p.out_channels,
                         row + range.begin * p.out_channels, p.out_channels);
          }
        }
      }
  };
  return prepared;
}

Prepared backward_data(const ConvProblem& p) {
  return {0, [p](const Args& args, Stream&) {
            const float *dy = args.in[0].data<float>(), *weight = args.in[1].data<float>();
            float* dx = args.out[0].data<float>();
            const int64_t weight_row = p.kernel_height * p.kernel_width * p.channels;
#pragma omp parallel for schedule(static) collapse(2)
            for (int64_t n = 0; n < p.samples; ++n)
              for (int64_t h = 0; h < p.height; ++h) {
                float* row = dx + (n * p.height + h) * p.width * p.channels;
                std::fill_n(row, p.width * p.channels, 0.0f);
                for (int64_t u = 0; u < p.kernel_height; ++u) {
                  const int64_t reach = h + p.padding - u;
                  if (reach < 0 || reach % p.stride != 0 || reach / p.stride >= p.out_height) continue;
                  for (int64_t v = 0; v < p.kernel_width; ++v) {
                    const TapRange range = tap_range(v, p.width, p.out_width, p.stride, p.padding);
                    const float* pixels =
                        dy + ((n * p.out_height + reach / p.stride) * p.out_width + range.begin) * p.out_channels;
                    multiply_add(range.end - range.begin, p.channels, p.out_channels, {pixels, p.out_channels, 1},
                                 weight + (u * p.kernel_width + v) * p.channels, weight_row,
                                 row + range.first * p.channels, p.stride * p.channels);
                  }
                }
              }
          }};
}

Prepared backward_weight(const ConvProblem& p) {
  return {
      0, [p](const Args& args, Stream&) {
        const float *x = args.in[0].data<float>(), *dy = args.in[1].data<float>();
        float* dweight = args.out[0].data<float>();
        constexpr int64_t kChannelsAtOnce = 24;
        const int64_t weight_row = p.kernel_height * p.kernel_width * p.channels;
        const int64_t blocks = (p.out_channels + kChannelsAtOnce - 1) / kChannelsAtOnce;
#pragma omp parallel for schedule(static) collapse(3)
        for (int64_t u = 0; u < p.kernel_height; ++u)
          for (int64_t v = 0; v < p.kernel_width; ++v)
            for (int64_t block = 0; block < blocks; ++block) {
              const int64_t first = block * kChannelsAtOnce, count = std::min(kChannelsAtOnce, p.out_channels - first);
              float* target = dweight + first * weight_row + (u * p.kernel_width + v) * p.channels;
              for (int64_t o = 0; o < count; ++o) std::fill_n(target + o * weight_row, p.channels, 0.0f);
              const TapRange range = tap_range(v, p.width, p.out_width, p.stride, p.padding);
              for (int64_t n = 0; n < p.samples; ++n)
                for (int64_t i = 0; i < p.out_height; ++i) {
                  const int64_t h = i * p.stride + u - p.padding;
                  if (h < 0 || h >= p.height) continue;
                  const float* out = dy + ((n * p.out_height + i) * p.out_width + range.begin) * p.out_channels + first;
                  const float* in = x + ((n * p.height + h) * p.width + range.first) * p.channels;
                  multiply_add(count, p.channels, range.end - range.begin, {out, 1, p.out_channels}, in,
                               p.stride * p.channels, target, weight_row);
                }
            }
      }};
}

Prepared prepare(ConvDirection direction, const ConvProblem& problem, const Target&) {
  switch (direction) {
    case ConvDirection::forward:
      return forward(problem);
    case ConvDirection::backward_data:
      return backward_data(problem);
    default:
      return backward_weight(problem);
  }
}

}  // namespace

constinit const ConvAlgorithm plain{"plain", fits, prepare};

}  // namespace tuna::conv_cpu
