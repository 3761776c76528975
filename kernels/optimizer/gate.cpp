#include "kernels/optimizer/gate.h"

#include "engine/program/kernel_registry.h"

namespace tuna {

Types Gate::infer(const Types& in) const {
  check(in[0] == Type{DType::i32, {1, 1, 1, 1}}, "gate: go must be i32 1x1x1x1, got {}", in[0]);
  check(is_real(in[1].dtype) && in[1].shape == Shape{1, 1, 1, 1}, "gate: x must be a real 1x1x1x1, got {}", in[1]);
  return {in[0]};
}

namespace {

template <class Real>
void choose(const Gate& op, const Args& args) {
  const bool open = *args.in[1].data<Real>() > Real(op.threshold);
  *args.out[0].data<int32_t>() = open ? *args.in[0].data<int32_t>() : 0;
}

const KernelFor<Gate, Backend::ref> reference([](const Gate& op, auto real, const Args& args) {
  choose<decltype(real)>(op, args);
});
const KernelFor<Gate, Backend::cpu> fast([](const Gate& op, const Args& args) { choose<float>(op, args); });

}  // namespace
}  // namespace tuna
