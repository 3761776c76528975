#include "engine/runtime/host_runtime.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace tuna {
namespace {

class HostRuntime final : public Runtime {
 public:
  bool has_discrete_memory() const override { return false; }
  void* allocate(size_t bytes) override { return std::aligned_alloc(kAlignment, bytes); }
  void release(void* memory) override { std::free(memory); }
  MemoryInfo memory_info() override {
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

Runtime& host_runtime() {
  static HostRuntime host;
  return host;
}

}  // namespace tuna
