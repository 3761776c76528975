#include "kernels/optimizer/loss_scale.h"

#include <algorithm>

#include "engine/program/kernel_registry.h"

namespace tuna {

Types UpdateLossScale::infer(const Types& in) const {
  check(in.size() > 2, "update_loss_scale: expects scale, steps and at least one step made, got {} inputs", in.size());
  for (size_t i = 0; i < 2; ++i)
    check(is_real(in[i].dtype) && in[i].shape == Shape{1, 1, 1, 1},
          "update_loss_scale: scale and steps must be 1x1x1x1, got {}", in[i]);
  for (size_t i = 2; i < in.size(); ++i)
    check(in[i] == Type{DType::i32, {1, 1, 1, 1}}, "update_loss_scale: a step made must be i32 1x1x1x1, got {}", in[i]);
  return {in[0], in[1]};
}

namespace {

template <class Real>
void update(const UpdateLossScale& op, const Args& args) {
  const Real scale = *args.in[0].data<Real>(), steps = *args.in[1].data<Real>() + 1;
  const bool made =
      std::all_of(args.in.begin() + 2, args.in.end(), [](const View& each) { return each.data<int32_t>()[0] != 0; });
  const bool grows = made && steps >= Real(op.patience);
  *args.out[0].data<Real>() = !made   ? std::max(scale / 2, Real(op.smallest))
                              : grows ? std::min(scale * 2, Real(op.largest))
                                      : scale;
  *args.out[1].data<Real>() = made && !grows ? steps : 0;
}

KernelFor<UpdateLossScale, Backend::ref> reference([](const UpdateLossScale& op, auto real, const Args& args) {
  update<decltype(real)>(op, args);
});

KernelFor<UpdateLossScale, Backend::cpu> fast([](const UpdateLossScale& op, const Args& args) {
  update<float>(op, args);
});

}  // namespace
}  // namespace tuna
