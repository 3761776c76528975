#include "kernels/optimizer/loss_scale.h"

#include <algorithm>

namespace tuna {

Types UpdateLossScale::infer(const Types& in) const {
  check(in.size() > 1 && in[0].shape == Shape{2, 1, 1, 1} && is_real(in[0].dtype),
        "update_loss_scale: the state must be 2x1x1x1, followed by steps made, got {}", in[0]);
  for (size_t i = 1; i < in.size(); ++i)
    check(in[i] == Type{DType::i32, {1, 1, 1, 1}}, "update_loss_scale: a step made must be i32 1x1x1x1, got {}", in[i]);
  return {in[0]};
}

namespace {

template <class Real>
void update(const UpdateLossScale& op, const Args& args) {
  const Real *old = args.in[0].data<Real>(), scale = old[0], steps = old[1] + 1;
  Real* state = args.out[0].data<Real>();
  const bool made =
      std::all_of(args.in.begin() + 1, args.in.end(), [](const View& each) { return each.data<int32_t>()[0] != 0; });
  const bool grows = made && steps >= Real(op.patience);
  state[0] = !made ? std::max(scale / 2, Real(op.smallest)) : grows ? std::min(scale * 2, Real(op.largest)) : scale;
  state[1] = made && !grows ? steps : 0;
}

KernelFor<UpdateLossScale, Backend::ref> reference([](const UpdateLossScale& op, auto real, const Args& args) {
  update<decltype(real)>(op, args);
});

KernelFor<UpdateLossScale, Backend::cpu> fast([](const UpdateLossScale& op, const Args& args) {
  update<float>(op, args);
});

}  // namespace
}  // namespace tuna
