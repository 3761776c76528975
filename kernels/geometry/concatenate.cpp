#include "kernels/geometry/concatenate.h"

#include <cstring>
#include <numeric>

#include "engine/program/kernel_registry.h"
#include "kernels/parallel.h"
#include "kernels/pointwise/fill.h"

namespace tuna {

Types Concatenate::infer(const Types& in) const {
  Type whole = in[0];
  whole.shape.n = 0;
  for (const Type& part : in) {
    const auto [n, h, w, c] = part.shape;
    check(part == Type{in[0].dtype, {n, in[0].shape.h, in[0].shape.w, in[0].shape.c}},
          "concatenate: {} and {} differ in more than the batch", in[0], part);
    whole.shape.n += n;
  }
  return {whole};
}

Tensors Concatenate::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  std::vector<int64_t> sizes;
  for (const Tensor& part : in) sizes.push_back(part.shape().n);
  return split(dout[0], sizes);
}

Types Split::infer(const Types& in) const {
  Types parts;
  int64_t samples = 0;
  for (const int64_t size : sizes) {
    check(size > 0, "split: every size must be positive, got a part of {} samples", size);
    Type part = in[0];
    part.shape.n = size;
    parts.push_back(part);
    samples += size;
  }
  check(samples == in[0].shape.n, "split: parts of {} samples in all, but the batch is {}", samples, in[0].shape);
  return parts;
}

Tensors Split::grad(const Tensors& in, const Tensors& out, const Tensors& dout) const {
  Tensors parts = dout;
  for (size_t i = 0; i < parts.size(); ++i)
    if (!parts[i]) parts[i] = fill(*in[0].program, out[i].type(), 0);
  return {concatenate(parts)};
}

std::optional<Alias> Split::alias(int out, const Types& in) const {
  const int64_t samples_before = std::accumulate(sizes.begin(), sizes.begin() + out, int64_t(0));
  return Alias{0, in[0].bytes() / size_t(in[0].shape.n) * size_t(samples_before)};
}

namespace {

// Copies bytes, which is the simplest definition and also works for integers.
Prepared prepare(const Concatenate&, const Types&, const Types&, const Target&) {
  return {0, [](const Args& args, Stream&) {
            char* to = args.out[0].data<char>();
            for (const View& part : args.in) {
              const char* from = part.data<char>();
              parallel_chunks(int64_t(part.type.bytes()), kElementsPerChunk * int64_t(sizeof(float)),
                              [=](int64_t begin, int64_t end) { std::memcpy(to + begin, from + begin, end - begin); });
              to += part.type.bytes();
            }
          }};
}

KernelFor<Concatenate, Backend::ref> reference(prepare);
KernelFor<Concatenate, Backend::cpu> fast(prepare);

}  // namespace
}  // namespace tuna
