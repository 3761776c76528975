#include "kernels/random/image_pool.h"

#include <algorithm>
#include <cstring>

#include "engine/base/random.h"
#include "engine/program/kernel_registry.h"

namespace tuna {

Types ImagePool::infer(const Types& in) const {
  Shape one = in[1].shape;
  one.n = in[0].shape.n;
  check(in[0].dtype == in[1].dtype && in[0].shape == one, "image_pool: images {} do not fit into a pool of {}", in[0],
        in[1]);
  check(in[2] == Type{DType::i32, {in[0].shape.n, 1, 1, 2}}, "image_pool: decisions must be i32 {}x1x1x2, got {}",
        in[0].shape.n, in[2]);
  check(in[3] == Type{DType::i32, {1, 1, 1, 1}}, "image_pool: go must be i32 1x1x1x1, got {}", in[3]);
  return {in[0], in[1]};
}

// If the pool is updated in place, only the slots of the batch are read and written; this bound is for exchanges.
size_t ImagePool::bytes(const Args& args) const {
  const View &images = args.in[0], &stored = args.in[1], &decisions = args.in[2], &pool = args.out[1];
  if (pool.memory != stored.memory) return Op::bytes(args);
  return 4 * images.type.bytes() + decisions.type.bytes() + args.in[3].type.bytes();
}

std::vector<int32_t> pool_decisions(uint64_t seed, const std::string& stream, int64_t step, int64_t batch,
                                    int64_t pool_size) {
  std::vector<int32_t> decisions;
  for (int64_t n = 0; n < batch; ++n) {
    const int64_t earlier = step * batch + n;
    int32_t slot = 0, mode = kPoolPass;
    if (earlier < pool_size) {
      slot = int32_t(earlier);
      mode = kPoolFill;
    } else if (pool_size > 0) {
      Random random(seed, stream, uint32_t(step), uint32_t(n));
      if (random.uniform() > 0.5) {
        slot = int32_t(random.below(uint32_t(pool_size)));
        mode = kPoolExchange;
      }
    }
    decisions.insert(decisions.end(), {slot, mode});
  }
  return decisions;
}

// Copies whole images, one after the other: one thread is as fast as memory.
namespace {

void exchange(const Args& args) {
  const View &images = args.in[0], &stored = args.in[1], &seen = args.out[0], &pool = args.out[1];
  const auto decisions = args.in[2].as<int32_t>();
  const bool go = args.in[3].data<int32_t>()[0] != 0;
  const int64_t count = images.type.shape.n, slots = pool.type.shape.n;
  if (pool.memory != stored.memory) std::memcpy(pool.memory, stored.memory, pool.type.bytes());
  if (count == 0) return;
  const size_t bytes = images.type.bytes() / size_t(count);
  for (int64_t n = 0; n < count; ++n) {
    const int32_t slot = decisions[2 * n], mode = decisions[2 * n + 1];
    check(mode == kPoolPass || mode == kPoolFill || mode == kPoolExchange,
          "image_pool: sample {} has the unknown mode {}", n, mode);
    check(mode == kPoolPass || (slot >= 0 && slot < slots),
          "image_pool: sample {} has slot {} of {}, which is out of range", n, slot, slots);
    const char* image = images.data<char>() + size_t(n) * bytes;
    char *shown = seen.data<char>() + size_t(n) * bytes, *place = pool.data<char>() + size_t(slot) * bytes;
    std::memcpy(shown, mode == kPoolExchange ? place : image, bytes);
    if (go && mode != kPoolPass) std::memcpy(place, image, bytes);
  }
}

KernelFor<ImagePool, Backend::ref> reference([](const ImagePool&, auto, const Args& args) { exchange(args); });
KernelFor<ImagePool, Backend::cpu> fast([](const ImagePool&, const Args& args) { exchange(args); });

}  // namespace
}  // namespace tuna
