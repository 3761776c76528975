#include "kernels/pointwise/fill.h"

#include <algorithm>

#include "engine/program/kernel_registry.h"

namespace tuna {

Tensor fill(Program& program, Type type, double value) { return record(program, Fill(type, value), {})[0]; }

namespace {

KernelFor<Fill, Backend::ref> reference([](const Fill& op, auto real, const Args& args) {
  const auto y = args.out[0].as<decltype(real)>();
  std::fill_n(y.data, y.count(), decltype(real)(op.value));
});

KernelFor<Fill, Backend::cpu> fast([](const Fill& op, const Args& args) {
  std::fill_n(args.out[0].data<float>(), args.out[0].type.shape.count(), float(op.value));
});

}  // namespace
}  // namespace tuna
