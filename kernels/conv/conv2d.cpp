#include "kernels/conv/conv2d.h"

#include "engine/program/kernel_registry.h"
#include "kernels/parallel.h"
#include "kernels/pointwise/cast.h"

namespace tuna {
namespace {

int64_t output_size(int64_t in, int64_t kernel, Convolution convolution) {
  return (in + 2 * convolution.padding - kernel) / convolution.stride + 1;
}

// Checks that the convolution of x with the weight gives y.
void check_shapes(std::string_view op, const Shape& x, const Shape& weight, const Shape& y, Convolution convolution) {
  check(convolution.stride >= 1 && convolution.padding >= 0,
        "{}: the stride must be at least 1 and the padding at least 0, got {} and {}", op, convolution.stride,
        convolution.padding);
  check(x.c == weight.c, "{}: x {} has {} channels, the weight {} takes {}", op, x, x.c, weight, weight.c);
  check(x.h + 2 * convolution.padding >= weight.h && x.w + 2 * convolution.padding >= weight.w,
        "{}: the kernel of {} is larger than {} with padding {}", op, weight, x, convolution.padding);
  check(y.n == x.n && y.c == weight.n && y.h == output_size(x.h, weight.h, convolution)
            && y.w == output_size(x.w, weight.w, convolution),
        "{}: x {} with weight {} does not give {}", op, x, weight, y);
}

void check_weight(std::string_view op, const Types& in) {
  check(in[1].dtype == accumulation_type(in[0].dtype), "{}: the weight of {} must be of its accumulation type, got {}",
        op, in[0], in[1]);
}

}  // namespace

Types Conv2d::infer(const Types& in) const {
  const Shape &x = in[0].shape, &weight = in[1].shape;
  const Shape y{x.n, output_size(x.h, weight.h, *this), output_size(x.w, weight.w, *this), weight.n};
  check_shapes(name(), x, weight, y, *this);
  check_weight(name(), in);
  if (in.size() > 2)
    check(in[2] == Type{in[1].dtype, {1, 1, 1, weight.n}},
          "conv2d: bias {} does not fit the {} output channels of weight {}", in[2], weight.n, in[1]);
  return {{in[0].dtype, y}};
}

Tensors Conv2d::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  const Shape &x = in[0].shape(), &weight = in[1].shape();
  Tensors gradients{record(Conv2dBackwardData(*this, x.h, x.w), {dout[0], in[1]})[0],
                    to_accumulation_type(record(Conv2dBackwardWeight(*this, weight.h, weight.w), {in[0], dout[0]})[0])};
  if (in.size() > 2) gradients.push_back(record(SumPixels(), {dout[0]})[0]);
  return gradients;
}

double Conv2d::flops(const Types& in, const Types& out) const {
  return conv_problem(in[0].shape, in[1].shape, out[0].shape, *this).flops();
}

Types Conv2dBackwardData::infer(const Types& in) const {
  const Shape &dy = in[0].shape, &weight = in[1].shape;
  const Shape dx{dy.n, height, width, weight.c};
  check_shapes(name(), dx, weight, dy, *this);
  check_weight(name(), in);
  return {{in[0].dtype, dx}};
}

Tensors Conv2dBackwardData::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  const Shape& weight = in[1].shape();
  return {conv2d(dout[0], in[1], *this),
          to_accumulation_type(record(Conv2dBackwardWeight(*this, weight.h, weight.w), {dout[0], in[0]})[0])};
}

double Conv2dBackwardData::flops(const Types& in, const Types& out) const {
  return conv_problem(out[0].shape, in[1].shape, in[0].shape, *this).flops();
}

Types Conv2dBackwardWeight::infer(const Types& in) const {
  const Shape &x = in[0].shape, &dy = in[1].shape;
  const Shape weight{dy.c, kernel_height, kernel_width, x.c};
  check_shapes(name(), x, weight, dy, *this);
  check(in[0].dtype == in[1].dtype, "{}: x and dy must be of one element type, got {} and {}", name(), in[0], in[1]);
  return {{in[0].dtype, weight}};
}

Tensors Conv2dBackwardWeight::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  const Shape& x = in[0].shape();
  const Tensor dweight = to_accumulation_type(dout[0]);
  return {record(Conv2dBackwardData(*this, x.h, x.w), {in[1], dweight})[0], conv2d(in[0], dweight, *this)};
}

double Conv2dBackwardWeight::flops(const Types& in, const Types& out) const {
  return conv_problem(in[0].shape, out[0].shape, in[1].shape, *this).flops();
}

Types AddBias::infer(const Types& in) const {
  check(in[1] == Type{accumulation_type(in[0].dtype), {1, 1, 1, in[0].shape.c}}, "add_bias: bias {} does not fit x {}",
        in[1], in[0]);
  return {in[0]};
}

Tensors AddBias::grad(const Tensors&, const Tensors&, const Tensors& dout) const {
  return {dout[0], record(SumPixels(), {dout[0]})[0]};
}

Tensor conv2d(Tensor x, Tensor weight, Convolution convolution) { return record(Conv2d(convolution), {x, weight})[0]; }

Tensor conv2d(Tensor x, Tensor weight, Tensor bias, Convolution convolution) {
  return record(Conv2d(convolution), {x, weight, bias})[0];
}

Tensor conv_transpose2d(Tensor x, Tensor weight, Convolution convolution, int output_padding) {
  check(x.shape().c == weight.shape().n, "conv_transpose2d: x {} has {} channels, the weight {} takes {}", x.shape(),
        x.shape().c, weight.shape(), weight.shape().n);
  check(output_padding >= 0 && output_padding < convolution.stride,
        "conv_transpose2d: output padding {} must be below the stride {}", output_padding, convolution.stride);
  const auto size = [&](int64_t in, int64_t kernel) {
    return (in - 1) * convolution.stride - 2 * convolution.padding + kernel + output_padding;
  };
  const int64_t height = size(x.shape().h, weight.shape().h), width = size(x.shape().w, weight.shape().w);
  return record(Conv2dBackwardData(convolution, height, width), {x, weight})[0];
}

Tensor add_bias(Tensor x, Tensor bias) { return record(AddBias(), {x, bias})[0]; }

namespace {

// Calls visit(n, i, j, u, v, h, w) for every output pixel (i, j), tap (u, v) and the input pixel (h, w) that it reads.
template <class Visit>
void each_tap(const ConvProblem& problem, Visit visit) {
  for (int64_t n = 0; n < problem.samples; ++n)
    for (int64_t i = 0; i < problem.out_height; ++i)
      for (int64_t j = 0; j < problem.out_width; ++j)
        for (int64_t u = 0; u < problem.kernel_height; ++u)
          for (int64_t v = 0; v < problem.kernel_width; ++v) {
            const int64_t h = i * problem.stride + u - problem.padding, w = j * problem.stride + v - problem.padding;
            if (h >= 0 && h < problem.height && w >= 0 && w < problem.width) visit(n, i, j, u, v, h, w);
          }
}

KernelFor<Conv2d, Backend::ref> forward_reference([](const Conv2d& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), weight = args.in[1].as<Real>(), y = args.out[0].as<Real>();
  for (int64_t k = 0; k < y.count(); ++k) y[k] = args.in.size() > 2 ? args.in[2].as<Real>()[k % y.shape.c] : 0;
  each_tap(conv_problem(x.shape, weight.shape, y.shape, op),
           [&](auto n, auto i, auto j, auto u, auto v, auto h, auto w) {
             for (int64_t o = 0; o < y.shape.c; ++o)
               for (int64_t c = 0; c < x.shape.c; ++c) y(n, i, j, o) += x(n, h, w, c) * weight(o, u, v, c);
           });
});

KernelFor<Conv2dBackwardData, Backend::ref> data_reference([](const Conv2dBackwardData& op, auto real,
                                                              const Args& args) {
  using Real = decltype(real);
  const auto dy = args.in[0].as<Real>(), weight = args.in[1].as<Real>(), dx = args.out[0].as<Real>();
  std::fill_n(dx.data, dx.count(), Real(0));
  each_tap(conv_problem(dx.shape, weight.shape, dy.shape, op),
           [&](auto n, auto i, auto j, auto u, auto v, auto h, auto w) {
             for (int64_t o = 0; o < dy.shape.c; ++o)
               for (int64_t c = 0; c < dx.shape.c; ++c) dx(n, h, w, c) += dy(n, i, j, o) * weight(o, u, v, c);
           });
});

KernelFor<Conv2dBackwardWeight, Backend::ref> weight_reference([](const Conv2dBackwardWeight& op, auto real,
                                                                  const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), dy = args.in[1].as<Real>(), dweight = args.out[0].as<Real>();
  std::fill_n(dweight.data, dweight.count(), Real(0));
  each_tap(conv_problem(x.shape, dweight.shape, dy.shape, op),
           [&](auto n, auto i, auto j, auto u, auto v, auto h, auto w) {
             for (int64_t o = 0; o < dy.shape.c; ++o)
               for (int64_t c = 0; c < x.shape.c; ++c) dweight(o, u, v, c) += dy(n, i, j, o) * x(n, h, w, c);
           });
});

KernelFor<AddBias, Backend::ref> bias_reference([](const AddBias&, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), bias = args.in[1].as<Real>(), y = args.out[0].as<Real>();
  for (int64_t i = 0; i < y.count(); ++i) y[i] = x[i] + bias[i % y.shape.c];
});

KernelFor<SumPixels, Backend::ref> sum_reference([](const SumPixels&, auto real, const Args& args) {
  using Real = decltype(real);
  const auto dy = args.in[0].as<Real>(), sum = args.out[0].as<Real>();
  std::fill_n(sum.data, sum.count(), Real(0));
  for (int64_t i = 0; i < dy.count(); ++i) sum[i % dy.shape.c] += dy[i];
});

KernelFor<AddBias, Backend::cpu> fast_bias([](const AddBias&, const Args& args) {
  const float *x = args.in[0].data<float>(), *bias = args.in[1].data<float>();
  float* y = args.out[0].data<float>();
  const int64_t channels = args.in[1].type.shape.c;
  parallel_items(args.out[0].type.shape.count() / channels, channels, [=](int64_t pixel) {
    for (int64_t c = 0; c < channels; ++c) y[pixel * channels + c] = x[pixel * channels + c] + bias[c];
  });
});

// Sums the pixels of each chunk, then the chunks in order.
KernelFor<SumPixels, Backend::cpu> fast_sum([](const SumPixels&, const Types& in, const Types&, const Target&) {
  constexpr int64_t kPixelsPerChunk = 256;
  const int64_t channels = in[0].shape.c, pixels = in[0].shape.count() / channels;
  const int64_t chunks = (pixels + kPixelsPerChunk - 1) / kPixelsPerChunk;
  return Prepared{size_t(chunks * channels) * sizeof(float), [=](const Args& args, Stream&) {
                    const float* dy = args.in[0].data<float>();
                    float *sum = args.out[0].data<float>(), *partials = static_cast<float*>(args.workspace);
                    parallel_items(chunks, kPixelsPerChunk * channels, [=](int64_t chunk) {
                      float* partial = partials + chunk * channels;
                      std::fill_n(partial, channels, 0.0f);
                      for (int64_t p = chunk * kPixelsPerChunk; p < std::min(pixels, (chunk + 1) * kPixelsPerChunk);
                           ++p)
                        for (int64_t c = 0; c < channels; ++c) partial[c] += dy[p * channels + c];
                    });
                    for (int64_t c = 0; c < channels; ++c) {
                      double total = 0;
                      for (int64_t chunk = 0; chunk < chunks; ++chunk) total += double(partials[chunk * channels + c]);
                      sum[c] = float(total);
                    }
                  }};
});

}  // namespace
}  // namespace tuna
