#include "engine/runtime/device.h"

#include <fmt/format.h>
#include <omp.h>
#include <xmmintrin.h>

namespace tuna {

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
#pragma omp parallel
  _mm_setcsr(_mm_getcsr() | _MM_FLUSH_ZERO_ON | kDenormalsAreZero);
  return {Backend::cpu, omp_get_max_threads()};
}

}  // namespace tuna
