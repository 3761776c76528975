// CycleGAN's image pool: the critics get older translations half of the time (Shrivastava et al., 2017).
#pragma once

#include <string>
#include <vector>

#include "engine/program/op.h"
#include "kernels/random/pool_mode.h"

namespace tuna {

/// in: images [N, H, W, C]; pool [P, H, W, C]; decisions i32 [N, 1, 1, 2] of slot and PoolMode, samples taken in order;
/// go i32 [1, 1, 1, 1], 0 to store nothing: the images to show are the same.
/// out: the images to show to a critic, like images; the pool afterwards.  No gradient.  A slot or a mode that does not
/// exist throws Error in the run; on a device the image to show becomes NaN, and the pool stays as it is.
struct ImagePool final : Op {
  std::string_view name() const override { return "image_pool"; }
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types&) const override { return 0; }
  size_t bytes(const Args& args) const override;
  Tensors grad(const Tensors&, const Tensors&, const Tensors&) const override { return {}; }
  int overwrites(int out) const override { return out == 1 ? 1 : -1; }
};

struct Pooled {
  Tensor images, pool;
};

inline Pooled image_pool(Tensor images, Tensor pool, Tensor decisions, Tensor go) {
  const Tensors out = record(ImagePool(), {images, pool, decisions, go});
  return {out[0], out[1]};
}

/// The decisions for the batch of a step, as CycleGAN takes them: the first images fill the pool; then each is
/// exchanged with a random slot, or passes, with equal chance.  A pure function of its arguments: `step` = 0, 1, ...
/// counts batches of this size since the pool was empty.  With pool_size 0 all images pass.
std::vector<int32_t> pool_decisions(uint64_t seed, const std::string& stream, int64_t step, int64_t batch,
                                    int64_t pool_size);

}  // namespace tuna
