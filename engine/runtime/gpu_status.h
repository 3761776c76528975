// Settings and throttling of a GPU, from NVIDIA's management library (NVML), which comes with the driver.  It is loaded
// at run time, so that the program also starts without it.
#pragma once

#include <string>

#include "engine/runtime/cuda_runtime.h"

namespace tuna {

struct GpuSettings {
  std::string driver = "unknown";       // "580.65.06"
  std::string clocks = "unknown";       // "SM 1980 of at most 1980 MHz, memory 3201 of at most 3201 MHz"
  std::string power_limit = "unknown";  // "700 W"
};

class GpuStatus {
 public:
  explicit GpuStatus(const Gpu& gpu, const char* library = "libnvidia-ml.so.1");
  ~GpuStatus();
  GpuStatus(const GpuStatus&) = delete;
  GpuStatus& operator=(const GpuStatus&) = delete;

  GpuSettings settings() const;

  /// Samples the current throttle reasons.
  void watch();

  /// All that watch() has sampled: "none seen", "power cap, heat", or "unknown".
  std::string throttling() const;

 private:
  template <class Function>
  Function* find(const char* name) const;
  int clock(const char* function, unsigned kind) const;  // MHz, or -1

  void* library_ = nullptr;
  void* gpu_ = nullptr;  // nvmlDevice_t
  bool watched_ = false;
  unsigned long long reasons_ = 0;
};

}  // namespace tuna
