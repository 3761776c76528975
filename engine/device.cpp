#include "engine/device.h"

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

Device Device::cpu() {
  constexpr unsigned kDenormalsAreZero = 0x0040;
#pragma omp parallel
  _mm_setcsr(_mm_getcsr() | _MM_FLUSH_ZERO_ON | kDenormalsAreZero);
  return {Backend::cpu, omp_get_max_threads()};
}

}  // namespace tuna
