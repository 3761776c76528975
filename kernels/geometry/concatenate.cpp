#include "kernels/geometry/concatenate.h"

#include <cstring>

#include "kernels/geometry/split.h"
#include "kernels/parallel.h"

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

namespace {

// Copies of bytes: there is no plainer definition, and it serves integers as well.
Prepared prepare(const Concatenate&, const Types&, const Types&, Device&) {
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
