#include <omp.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "kernels/conv/cpu/microkernel.h"
#include "kernels/conv/cpu/table.h"

namespace tuna::conv_cpu {

// Both factors fit the first cache: 20 KiB with AVX-512.
double measured_flops() {
  constexpr int kRounds = 5;  // of which the fastest counts
  constexpr int64_t kDepth = 128, kTimes = 20000;
  double fastest = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
#pragma omp parallel
    {
      const std::vector<float> a(kRows * kDepth, 1), b(kDepth * kPanel, 1);
      std::vector<float> c(kRows * kPanel);
      for (int64_t i = 0; i < kTimes; ++i)
        multiply(kRows, {.a = a.data(),
                         .a_row = kDepth,
                         .a_column = 1,
                         .b = b.data(),
                         .b_row = kPanel,
                         .depth = kDepth,
                         .c = c.data(),
                         .c_row = kPanel,
                         .next = b.data(),
                         .next_step = 0});
    }
    fastest = std::min(fastest, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return 2.0 * kRows * kPanel * kDepth * kTimes * omp_get_max_threads() / fastest;
}

}  // namespace tuna::conv_cpu
