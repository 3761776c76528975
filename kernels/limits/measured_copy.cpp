#include "kernels/limits/measured_copy.h"

#include <algorithm>

#include "engine/runtime/memory.h"
#include "kernels/limits/memory_kernels.h"

namespace tuna {

CopyRates measured_copy(const Device& device, size_t bytes) {
  constexpr int kRounds = 5;  // of which the fastest counts
  constexpr size_t kBytesOfARound = size_t(1) << 30, kMostRuns = 50;
  Runtime& on = runtime(device);
  const Runtime::Access access = on.enter();
  bytes = align_up(bytes);
  const Memory from(device, bytes, "a copy that is timed"), to(device, bytes, "a copy that is timed");
  on.fill(from.address(), 0x3f, bytes);  // near 1
  on.fill(to.address(), 0, bytes);

  const auto rate = [&](const std::function<void()>& copy) {
    const size_t runs = std::clamp(kBytesOfARound / bytes, size_t(1), kMostRuns);
    double fastest = 1e9;
    for (int round = 0; round < kRounds; ++round) fastest = std::min(fastest, on.mean_seconds(runs, copy, {}));
    return 2 * double(bytes) / fastest;
  };
  return {rate([&] { on.copy(to.address(), from.address(), bytes); }),
          rate(copy_by_kernel(device, to.address(), from.address(), bytes))};
}

}  // namespace tuna
