// Stands in for NVIDIA's management library: one GPU, whose throttle reasons the test sets in the environment.
#include <cstdlib>
#include <cstring>

extern "C" {

int nvmlInit_v2() { return 0; }
int nvmlShutdown() { return 0; }
int nvmlDeviceGetHandleByPciBusId_v2(const char* bus, void** gpu) {
  static int one = 0;
  *gpu = &one;
  return std::strcmp(bus, "00000000:3b:00.0") == 0 ? 0 : 6;  // 6: not found
}
int nvmlSystemGetDriverVersion(char* version, unsigned) {
  std::strcpy(version, "580.65.06");
  return 0;
}
int nvmlDeviceGetClockInfo(void*, unsigned kind, unsigned* megahertz) {
  *megahertz = kind == 1 ? 1410 : 2619;
  return 0;
}
int nvmlDeviceGetMaxClockInfo(void*, unsigned kind, unsigned* megahertz) {
  *megahertz = kind == 1 ? 1980 : 2619;
  return 0;
}
int nvmlDeviceGetPowerManagementLimit(void*, unsigned* milliwatts) {
  *milliwatts = 700000;
  return 0;
}
int nvmlDeviceGetCurrentClocksThrottleReasons(void*, unsigned long long* reasons) {
  *reasons = std::strtoull(std::getenv("TUNA_TEST_REASONS"), nullptr, 16);
  return 0;
}

}  // extern "C"
