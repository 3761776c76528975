#include "engine/runtime/gpu_status.h"

#include <cstdlib>

#include "tests/catch.h"

namespace tuna {

TEST_CASE("a GPU's clocks, limit and throttling are what the driver's library reports", "[engine][gpu_status]") {
  Gpu gpu;
  gpu.bus = "00000000:3b:00.0";
  GpuStatus status(gpu, TUNA_NVML_STAND_IN);
  const GpuSettings settings = status.settings();
  CHECK(settings.driver == "580.65.06");
  CHECK(settings.clocks == "SM 1410 of at most 1980 MHz, memory 2619 of at most 2619 MHz");
  CHECK(settings.power_limit == "700 W");

  CHECK(status.throttling() == "unknown");
  const auto watch = [&](const char* reasons) {
    setenv("TUNA_TEST_REASONS", reasons, 1);
    status.watch();
    return status.throttling();
  };
  CHECK(watch("1") == "none seen");  // idle
  CHECK(watch("2") == "none seen");  // clocks set by the user
  CHECK(watch("4") == "power cap");
  CHECK(watch("0") == "power cap");
  CHECK(watch("40") == "power cap, heat");
}

TEST_CASE("without the driver's library, or the GPU, all is unknown", "[engine][gpu_status]") {
  Gpu gpu;
  gpu.bus = "00000000:01:00.0";
  for (const char* library : {"libno-such-library.so.1", TUNA_NVML_STAND_IN}) {
    GpuStatus status(gpu, library);
    status.watch();
    CHECK(status.settings().driver == "unknown");
    CHECK(status.settings().clocks == "unknown");
    CHECK(status.settings().power_limit == "unknown");
    CHECK(status.throttling() == "unknown");
  }
}

}  // namespace tuna
