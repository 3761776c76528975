#include "engine/runtime/runtime.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>

#include "engine/runtime/cuda_runtime.h"
#include "engine/runtime/emulated_runtime.h"

namespace tuna {

std::unique_ptr<Recording> Runtime::record(const std::function<void()>&) { return nullptr; }

std::vector<double> Runtime::time(size_t count, const std::function<void(size_t)>& work) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> seconds;
  for (size_t i = 0; i < count; ++i) {
    const auto start = Clock::now();
    work(i);
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  return seconds;
}

double Runtime::mean_seconds(size_t count, const std::function<void()>& work, const std::function<void()>& before) {
  const size_t pieces = before ? count : 1;  // that are timed one by one
  double seconds = 0;
  for (size_t piece = 0; piece < pieces; ++piece) {
    if (before) before();
    seconds += time(1, [&](size_t) {
      for (size_t i = 0; i < count / pieces; ++i) work();
    })[0];
  }
  return seconds / double(count);
}

namespace {

class HostRuntime final : public Runtime {
 public:
  bool has_discrete_memory() const override { return false; }
  void* allocate(size_t bytes) override { return std::aligned_alloc(kBorder, bytes); }
  void release(void* memory) override { std::free(memory); }
  Room room() override {
    const auto page = size_t(sysconf(_SC_PAGESIZE));
    return {size_t(sysconf(_SC_AVPHYS_PAGES)) * page, size_t(sysconf(_SC_PHYS_PAGES)) * page};
  }
  void* allocate_staging(size_t bytes) override { return allocate(bytes); }
  void release_staging(void* memory) override { release(memory); }
  void upload(void* to, const void* from, size_t bytes) override { std::memcpy(to, from, bytes); }
  void download(void* to, const void* from, size_t bytes) override { std::memcpy(to, from, bytes); }
  void copy(void* to, const void* from, size_t bytes) override { std::memcpy(to, from, bytes); }
  void fill(void* to, unsigned char byte, size_t bytes) override { std::memset(to, byte, bytes); }
};

}  // namespace

void copy_to_device(const Device& device, void* to, const void* from, size_t bytes) {
  runtime(device).upload(to, from, bytes);
  runtime(device).wait();
}

void copy_to_host(const Device& device, void* to, const void* from, size_t bytes) {
  runtime(device).download(to, from, bytes);
  runtime(device).wait();
}

Runtime& runtime(const Device& device) {
  static HostRuntime host;
  switch (device.backend) {
    case Backend::emulated:
      return emulated_runtime();
    case Backend::cuda:
      return cuda_runtime(device.index);
    default:
      return host;
  }
}

}  // namespace tuna
