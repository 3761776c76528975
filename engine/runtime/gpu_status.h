// How a GPU is set and how it does, from NVIDIA's management library (NVML), which comes with the driver.  It is loaded
// while the program runs, so that the program also starts where there is none.
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

  /// Looks whether the GPU is slower now than it can be.
  void watch();

  /// What watch() ever saw: "none seen", "power cap, heat", or "unknown".
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
