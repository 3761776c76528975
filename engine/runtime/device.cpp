#include "engine/runtime/device.h"

#include <fmt/format.h>
#include <omp.h>
#include <xmmintrin.h>

#include <algorithm>
#include <chrono>
#include <latch>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace tuna {
namespace {

// At most, unless there are more processors: libgomp keeps a table of its threads on the stack, and overruns it.
constexpr int kMostThreads = 256;

// The number of threads to use, including the caller's: `wanted`, or if the system starts fewer, half of those, which
// leaves memory for their work and for the loader's threads.
int threads_that_start(int wanted) {
  std::latch end(1);
  std::vector<std::thread> threads;
  threads.reserve(size_t(wanted));
  try {
    while (int(threads.size()) + 1 < wanted) threads.emplace_back([&] { end.wait(); });
  } catch (const std::system_error&) {
  } catch (const std::bad_alloc&) {
  }
  end.count_down();
  for (std::thread& thread : threads) thread.join();
  const int started = int(threads.size()) + 1;
  if (started == wanted) return wanted;
  std::this_thread::sleep_for(
      std::chrono::milliseconds(100));  // Linux counts a thread for a moment after it was joined
  return (started + 1) / 2;
}

// libgomp ends the program if it cannot start a thread.
void limit_threads() {
  static int can_start = 1;
  const int wanted = std::min(omp_get_max_threads(), std::max(kMostThreads, omp_get_num_procs()));
  if (wanted > can_start) can_start = threads_that_start(wanted);
  omp_set_num_threads(std::min(wanted, can_start));
}

}  // namespace

std::string to_string(Backend backend) {
  switch (backend) {
    case Backend::ref:
      return "ref";
    case Backend::cpu:
      return "cpu";
    case Backend::emulated:
      return "emulated";
    case Backend::cuda:
      return "cuda";
  }
  return "unknown";
}

std::string to_string(const Device& device) {
  return device.backend == Backend::cuda ? fmt::format("cuda:{}", device.index) : to_string(device.backend);
}

Device Device::cpu() {
  constexpr unsigned kDenormalsAreZero = 0x0040;
  limit_threads();
#pragma omp parallel
  _mm_setcsr(_mm_getcsr() | _MM_FLUSH_ZERO_ON | kDenormalsAreZero);
  return {Backend::cpu, omp_get_max_threads()};
}

}  // namespace tuna
