#include "kernels/random/random_tensor.h"

#include <algorithm>

#include "engine/program/kernel_registry.h"
#include "kernels/parallel.h"
#include "kernels/random/distributions.h"

namespace tuna {
namespace {

void check_counter(const Op& op, const Types& in) {
  check(in[0] == Type{DType::i32, {1, 1, 1, 2}}, "{}: the counter must be i32 1x1x1x2, got {}", op.name(), in[0]);
}

/// Draws elements 4 * begin ... 4 * end - 1, up to the end of y.
template <class Distribution, class Real>
void draw_blocks(uint32_t stream, const Args& args, int64_t begin, int64_t end) {
  const auto y = args.out[0].as<Real>();
  const auto* counter = args.in[0].data<int32_t>();
  const uint32_t seed = uint32_t(counter[0]), step = uint32_t(counter[1]);
  for (int64_t block = begin; block < end; ++block) {
    Real drawn[4];
    Distribution::from_words(philox({uint32_t(block), uint32_t(uint64_t(block) >> 32), step, stream}, seed), drawn);
    std::copy_n(drawn, std::min<int64_t>(4, y.count() - 4 * block), y.data + 4 * block);
  }
}

template <class O, template <class> class Distribution>
struct RandomKernels {
  static int64_t blocks(const Args& args) { return (args.out[0].type.shape.count() + 3) / 4; }

  KernelFor<O, Backend::ref> reference{[](const O& op, auto real, const Args& args) {
    draw_blocks<Distribution<decltype(real)>, decltype(real)>(op.stream, args, 0, blocks(args));
  }};
  KernelFor<O, Backend::cpu> fast{[](const O& op, const Args& args) {
    parallel_chunks(blocks(args), kElementsPerChunk / 16, [&](int64_t begin, int64_t end) {
      draw_blocks<Distribution<float>, float>(op.stream, args, begin, end);
    });
  }};
};

const RandomKernels<RandomUniform, Uniform> uniform_kernels;
const RandomKernels<RandomNormal, Normal> normal_kernels;

}  // namespace

Types RandomUniform::infer(const Types& in) const {
  check_counter(*this, in);
  return {type};
}

Types RandomNormal::infer(const Types& in) const {
  check_counter(*this, in);
  return {type};
}

}  // namespace tuna
