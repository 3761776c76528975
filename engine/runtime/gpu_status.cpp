#include "engine/runtime/gpu_status.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <vector>

namespace tuna {
namespace {

// NVML's ABI, which is stable across versions.
using Initialise = int();
using FindByBus = int(const char*, void**);
using Version = int(char*, unsigned);
using Clock = int(void*, unsigned, unsigned*);
using PowerLimit = int(void*, unsigned*);
using Reasons = int(void*, unsigned long long*);
constexpr int kSuccess = 0;
constexpr unsigned kSmClock = 1, kMemoryClock = 2;

// Bits of NVML's throttle reasons; the other bits are idleness and settings.
struct Reason {
  unsigned long long bits;
  const char* name;
};
constexpr std::array<Reason, 4> kThrottling = {
    {{0x4, "power cap"}, {0x20 | 0x40, "heat"}, {0x80, "power brake"}, {0x8, "hardware slowdown"}}};

}  // namespace

template <class Function>
Function* GpuStatus::find(const char* name) const {
  return library_ ? reinterpret_cast<Function*>(dlsym(library_, name)) : nullptr;
}

GpuStatus::GpuStatus(const Gpu& gpu, const char* library) : library_(dlopen(library, RTLD_NOW | RTLD_LOCAL)) {
  const auto initialise = find<Initialise>("nvmlInit_v2");
  const auto find_by_bus = find<FindByBus>("nvmlDeviceGetHandleByPciBusId_v2");
  if (!initialise || !find_by_bus || initialise() != kSuccess || find_by_bus(gpu.bus.c_str(), &gpu_) != kSuccess)
    gpu_ = nullptr;
}

GpuStatus::~GpuStatus() {
  if (const auto shutdown = find<Initialise>("nvmlShutdown")) shutdown();
  if (library_) dlclose(library_);
}

int GpuStatus::clock(const char* function, unsigned kind) const {
  unsigned megahertz = 0;
  const auto get = find<Clock>(function);
  return get && get(gpu_, kind, &megahertz) == kSuccess ? int(megahertz) : -1;
}

GpuSettings GpuStatus::settings() const {
  GpuSettings found;
  if (!gpu_) return found;
  std::array<char, 96> driver{};
  if (const auto get = find<Version>("nvmlSystemGetDriverVersion");
      get && get(driver.data(), unsigned(driver.size())) == kSuccess)
    found.driver = driver.data();
  const int sm = clock("nvmlDeviceGetClockInfo", kSmClock), most_sm = clock("nvmlDeviceGetMaxClockInfo", kSmClock),
            memory = clock("nvmlDeviceGetClockInfo", kMemoryClock),
            most_memory = clock("nvmlDeviceGetMaxClockInfo", kMemoryClock);
  if (sm >= 0 && most_sm >= 0 && memory >= 0 && most_memory >= 0)
    found.clocks =
        fmt::format("SM {} of at most {} MHz, memory {} of at most {} MHz", sm, most_sm, memory, most_memory);
  unsigned milliwatts = 0;
  if (const auto get = find<PowerLimit>("nvmlDeviceGetPowerManagementLimit"); get && get(gpu_, &milliwatts) == kSuccess)
    found.power_limit = fmt::format("{} W", milliwatts / 1000);
  return found;
}

void GpuStatus::watch() {
  unsigned long long now = 0;
  const auto get = find<Reasons>("nvmlDeviceGetCurrentClocksThrottleReasons");
  if (!gpu_ || !get || get(gpu_, &now) != kSuccess) return;
  watched_ = true;
  reasons_ |= now;
}

std::string GpuStatus::throttling() const {
  if (!watched_) return "unknown";
  std::vector<std::string> seen;
  for (const Reason& reason : kThrottling)
    if (reasons_ & reason.bits) seen.push_back(reason.name);
  return seen.empty() ? "none seen" : fmt::format("{}", fmt::join(seen, ", "));
}

}  // namespace tuna
