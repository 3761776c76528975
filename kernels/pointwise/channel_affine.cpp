#include "kernels/pointwise/channel_affine.h"

#include "engine/program/kernel_registry.h"
#include "kernels/parallel.h"
#include "kernels/pointwise/scale_and_shift.h"

namespace tuna {

Types ChannelAffine::infer(const Types& in) const {
  const auto [n, h, w, c] = in[0].shape;
  const auto constants = int64_t(scale.size());
  check(constants > 0 && shift.size() == scale.size(),
        "channel_affine: expected as many scales as shifts, at least one, got {} scales and {} shifts", scale.size(),
        shift.size());
  check(c == constants || c == 1, "channel_affine: constants for {} channels do not fit {}", constants, in[0].shape);
  return {{in[0].dtype, {n, h, w, constants}}};
}

Tensors ChannelAffine::grad(const Tensors& in, const Tensors& out, const Tensors& dout) const {
  if (in[0].shape() != out[0].shape()) return record(ChannelSum(scale), {dout[0]});
  return record(ChannelAffine(scale, std::vector<double>(scale.size())), {dout[0]});
}

Types ChannelSum::infer(const Types& in) const {
  return {{in[0].dtype, {in[0].shape.n, in[0].shape.h, in[0].shape.w, 1}}};
}

namespace {

KernelFor<ChannelAffine, Backend::ref> affine_reference([](const ChannelAffine& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  const bool gray = x.shape.c == 1;
  for (int64_t n = 0; n < y.shape.n; ++n)
    for (int64_t p = 0; p < y.shape.pixels(); ++p)
      for (int64_t c = 0; c < y.shape.c; ++c)
        y(n, p, c) = scale_and_shift(x(n, p, gray ? 0 : c), Real(op.scale[size_t(c)]), Real(op.shift[size_t(c)]));
});

KernelFor<ChannelSum, Backend::ref> sum_reference([](const ChannelSum& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto dy = args.in[0].as<Real>(), dx = args.out[0].as<Real>();
  for (int64_t n = 0; n < dx.shape.n; ++n)
    for (int64_t p = 0; p < dx.shape.pixels(); ++p) {
      Real sum = 0;
      for (int64_t c = 0; c < dy.shape.c; ++c) sum += dy(n, p, c) * Real(op.scale[size_t(c)]);
      dx(n, p, 0) = sum;
    }
});

// Runs body(pixels, channels), with the channels of gray and colour images known to the compiler, which otherwise
// would not vectorise so short a loop.
template <class Body>
void for_pixels(const Shape& shape, Body body) {
  const int64_t pixels = shape.n * shape.pixels(), chunk = std::max<int64_t>(1, kElementsPerChunk / shape.c);
  parallel_chunks(pixels, chunk, [&](int64_t begin, int64_t end) {
    if (shape.c == 1)
      body(begin, end, std::integral_constant<int64_t, 1>());
    else if (shape.c == 3)
      body(begin, end, std::integral_constant<int64_t, 3>());
    else
      body(begin, end, shape.c);
  });
}

KernelFor<ChannelAffine, Backend::cpu> affine([](const ChannelAffine& op, const Args& args) {
  const float* x = args.in[0].data<float>();
  float* y = args.out[0].data<float>();
  const std::vector<float> scales(op.scale.begin(), op.scale.end()), shifts(op.shift.begin(), op.shift.end());
  const float *scale = scales.data(), *shift = shifts.data();
  const bool gray = args.in[0].type.shape.c == 1;
  for_pixels(args.out[0].type.shape, [=](int64_t begin, int64_t end, auto channels) {
    const int64_t count = channels;
    if (gray)
      for (int64_t p = begin; p < end; ++p)
        for (int64_t c = 0; c < count; ++c) y[p * count + c] = scale_and_shift(x[p], scale[c], shift[c]);
    else
      for (int64_t p = begin; p < end; ++p)
        for (int64_t c = 0; c < count; ++c) y[p * count + c] = scale_and_shift(x[p * count + c], scale[c], shift[c]);
  });
});

KernelFor<ChannelSum, Backend::cpu> sum([](const ChannelSum& op, const Args& args) {
  const float* dy = args.in[0].data<float>();
  float* dx = args.out[0].data<float>();
  const std::vector<float> scales(op.scale.begin(), op.scale.end());
  const float* scale = scales.data();
  for_pixels(args.in[0].type.shape, [=](int64_t begin, int64_t end, auto channels) {
    const int64_t count = channels;
    for (int64_t p = begin; p < end; ++p) {
      float total = 0;
      for (int64_t c = 0; c < count; ++c) total += dy[p * count + c] * scale[c];
      dx[p] = total;
    }
  });
});

}  // namespace
}  // namespace tuna
