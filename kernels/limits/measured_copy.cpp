#include "kernels/limits/measured_copy.h"

#include <algorithm>

#include "engine/program/kernel_registry.h"
#include "engine/runtime/memory.h"
#include "kernels/pointwise/scale.h"

namespace tuna {

CopyRates measured_copy(const Device& device, size_t bytes) {
  constexpr int kRounds = 5;  // of which the fastest counts
  constexpr size_t kBytesOfARound = size_t(1) << 30, kMostRuns = 50;
  Runtime& on = runtime(device);
  const Runtime::Access access = on.enter();
  bytes = align_up(bytes);
  const Type type{DType::f32, {1, 1, 1, int64_t(bytes / sizeof(float))}};
  const Memory from(device, bytes, "a copy that is timed"), to(device, bytes, "a copy that is timed");
  on.fill(from.address(), 0x3f, bytes);  // near 1
  on.fill(to.address(), 0, bytes);

  const auto rate = [&](const std::function<void()>& copy) {
    const size_t runs = std::clamp(kBytesOfARound / bytes, size_t(1), kMostRuns);
    double fastest = 1e9;
    for (int round = 0; round < kRounds; ++round) fastest = std::min(fastest, on.mean_seconds(runs, copy, {}));
    return 2 * double(bytes) / fastest;
  };
  const Scale once(1);
  const Prepared kernel = find_kernel(once, device.backend)(once, {type}, {type}, device);
  const Args args{{{type, from.address()}}, {{type, to.address()}}, {}, nullptr};
  Stream stream = on.stream();
  return {rate([&] { on.copy(to.address(), from.address(), bytes); }), rate([&] { kernel.run(args, stream); })};
}

}  // namespace tuna
