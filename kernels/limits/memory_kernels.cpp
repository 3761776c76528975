#include "kernels/limits/memory_kernels.h"

#include "engine/program/kernel_registry.h"
#include "engine/runtime/memory.h"
#include "kernels/optimizer/finite.h"
#include "kernels/pointwise/scale.h"

namespace tuna {
namespace {

Type floats(size_t bytes) { return {DType::f32, {1, 1, 1, int64_t(bytes / sizeof(float))}}; }

/// Queues the op, which must outlive the result.
std::function<void()> kernel_of(const Op& op, const View& in, const View& out, const Device& device) {
  const Prepared prepared = find_kernel(op, device.backend)(op, {in.type}, {out.type}, device);
  check(prepared.workspace == 0, "{} needs a workspace", op.name());
  return [prepared, args = Args{{in}, {out}, {}, nullptr}, stream = runtime(device).stream()]() mutable {
    prepared.run(args, stream);
  };
}

}  // namespace

std::function<void()> reading_sweep(const Device& device, size_t bytes) {
  static const Finite finite;
  const auto memory = std::make_shared<Memory>(device, align_up(bytes), "the sweep that empties caches"),
             result = std::make_shared<Memory>(device, kAlignment, "the sweep that empties caches");
  runtime(device).fill(memory->address(), 0, align_up(bytes));
  const View flag{{DType::i32, {1, 1, 1, 1}}, result->address()};
  return [memory, result, read = kernel_of(finite, {floats(align_up(bytes)), memory->address()}, flag, device)] {
    read();
  };
}

std::function<void()> copy_by_kernel(const Device& device, void* to, void* from, size_t bytes) {
  static const Scale once(1);
  check(bytes % sizeof(float) == 0, "a copy of {} bytes, expected a multiple of {}", bytes, sizeof(float));
  return kernel_of(once, {floats(bytes), from}, {floats(bytes), to}, device);
}

}  // namespace tuna
