#include "kernels/geometry/split.h"

#include <numeric>

#include "kernels/geometry/concatenate.h"
#include "kernels/pointwise/fill.h"

namespace tuna {

Types Split::infer(const Types& in) const {
  Types parts;
  int64_t samples = 0;
  for (const int64_t size : sizes) {
    check(size > 0, "split: a part of {} samples", size);
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

}  // namespace tuna
