#include "tests/op_table/bench_timing.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/base/statistics.h"
#include "engine/runtime/cuda_runtime.h"
#include "engine/runtime/memory.h"
#include "kernels/limits/memory_kernels.h"
#include "kernels/parallel.h"

namespace tuna {
namespace {

// The size of all last-level caches together; 64 MiB if the system does not report it.
size_t host_cache_bytes() {
  const benchmark::CPUInfo& cpu = benchmark::CPUInfo::Get();
  size_t bytes = 0;
  for (const benchmark::CPUInfo::CacheInfo& cache : cpu.caches)
    bytes = std::max(bytes, size_t(cache.size) * size_t(std::max(1, cpu.num_cpus / std::max(1, cache.num_sharing))));
  return bytes > 0 ? bytes : size_t(64) << 20;
}

size_t cache_bytes(const Device& device) {
  switch (device.backend) {
    case Backend::cuda:
      return cuda_survey().gpus.at(size_t(device.index)).cache_bytes;
    case Backend::emulated:
      return size_t(64) << 10;  // a token: its times are not meaningful, and a sweep of the host's caches takes seconds
    default:
      return host_cache_bytes();
  }
}

// All threads take part, because each core has its own caches.  Library functions might bypass the caches.
void sweep_host(char* memory, size_t bytes) {
  constexpr int64_t kLine = 64;
  parallel_chunks(int64_t(bytes) / kLine, kElementsPerChunk, [&](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line) ++memory[line * kLine];
  });
}

std::function<void()> sweep_of(const Device& device) {
  const size_t bytes = align_up(2 * cache_bytes(device));
  if (runtime(device).has_discrete_memory()) return reading_sweep(device, bytes);
  const auto memory = std::make_shared<Memory>(device, bytes, "the sweep that empties caches");
  runtime(device).fill(memory->address(), 0, bytes);
  return [memory, bytes] { sweep_host(static_cast<char*>(memory->address()), bytes); };
}

void copy_on_host(char* to, const char* from, size_t bytes) {
  const int64_t share = (int64_t(bytes) + omp_get_max_threads() - 1) / omp_get_max_threads();
  parallel_chunks(int64_t(bytes), std::max(share, kElementsPerChunk),
                  [&](int64_t begin, int64_t end) { std::memcpy(to + begin, from + begin, size_t(end - begin)); });
}

}  // namespace

std::string to_string(CacheState state) { return state == CacheState::cold ? "cold" : "warm"; }

Stopwatch::Stopwatch(const Device& device)
    : device_(device), runtime_(runtime(device)), empty_caches_(sweep_of(device)) {
  const Runtime::Access access = runtime_.enter();
  sweep_seconds_ = runtime_.time(2, [&](size_t) { empty_caches_(); })[1];
}

size_t Stopwatch::runs_in(double seconds, CacheState state, const MeanSeconds& time) {
  sample(1, state, time);
  const double each = sample(1, state, time) + (state == CacheState::cold ? sweep_seconds_ : 0);
  return size_t(std::clamp(std::ceil(seconds / each), 1.0, double(kMostRuns)));
}

double Stopwatch::sample(size_t runs, CacheState state, const MeanSeconds& time) {
  return state == CacheState::cold ? time(runs, empty_caches_) : time(runs, {});
}

double Stopwatch::copy_seconds(size_t bytes, CacheState state) {
  const auto [found, is_new] = copies_.try_emplace({bytes, state}, 0);
  if (is_new) found->second = measure_copy(bytes, state);
  return found->second;
}

double Stopwatch::measure_copy(size_t bytes, CacheState state) {
  constexpr double kSeconds = 0.02;
  constexpr int kSamples = 9;
  const size_t half = std::max(sizeof(float), bytes / 2 / sizeof(float) * sizeof(float));
  const Memory from(device_, align_up(half), "a copy to compare with"),
      to(device_, align_up(half), "a copy to compare with");
  const Runtime::Access access = runtime_.enter();
  runtime_.fill(from.address(), 0, half);
  runtime_.fill(to.address(), 0, half);
  const std::function<void()> copy =
      runtime_.has_discrete_memory() ? copy_by_kernel(device_, to.address(), from.address(), half) : [&] {
        copy_on_host(static_cast<char*>(to.address()), static_cast<const char*>(from.address()), half);
      };
  const MeanSeconds time = [&](size_t count, const std::function<void()>& before) {
    return runtime_.mean_seconds(count, copy, before);
  };
  const size_t runs = runs_in(kSeconds, state, time);
  std::vector<double> samples;
  for (int i = 0; i < kSamples; ++i) samples.push_back(sample(runs, state, time));
  return median(samples);
}

}  // namespace tuna
