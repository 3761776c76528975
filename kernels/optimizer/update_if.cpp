#include "kernels/optimizer/update_if.h"

#include <cstring>

#include "engine/program/kernel_registry.h"

namespace tuna {

Types UpdateIf::infer(const Types& in) const {
  check(flags >= 1 && flags <= kMostFlags, "update_if: {} flags, expected 1 to {}", flags, kMostFlags);
  check(in.size() == flags + 2 * tensors, "update_if: {} inputs for {} flags and {} tensors", in.size(), flags,
        tensors);
  for (size_t i = 0; i < flags; ++i)
    check(in[i] == Type{DType::i32, {1, 1, 1, 1}}, "update_if: flag {} must be i32 1x1x1x1, got {}", i, in[i]);
  for (size_t i = 0; i < tensors; ++i)
    check(in[updated(i)] == in[old(i)], "update_if: tensor {} is {}, updated {}", i, in[old(i)], in[updated(i)]);
  return {in.end() - int64_t(tensors), in.end()};
}

namespace {

// Copies a few thousand numbers: one thread is as fast as memory.
void choose(const UpdateIf& op, const Args& args) {
  bool all = true;
  for (size_t i = 0; i < op.flags; ++i) all &= args.in[i].data<int32_t>()[0] != 0;
  for (size_t i = 0; i < op.tensors; ++i) {
    const View &from = args.in[all ? op.updated(i) : op.old(i)], &to = args.out[i];
    if (from.memory != to.memory) std::memcpy(to.memory, from.memory, to.type.bytes());
  }
}

const KernelFor<UpdateIf, Backend::ref> reference([](const UpdateIf& op, auto, const Args& args) { choose(op, args); });
const KernelFor<UpdateIf, Backend::cpu> fast([](const UpdateIf& op, const Args& args) { choose(op, args); });

}  // namespace
}  // namespace tuna
