#include "engine/runtime/runtimes.h"

#include "engine/runtime/cuda_runtime.h"
#include "engine/runtime/emulated_runtime.h"
#include "engine/runtime/host_runtime.h"

namespace tuna {

Runtime& runtime(const Device& device) {
  switch (device.backend) {
    case Backend::emulated:
      return emulated_runtime();
    case Backend::cuda:
      return cuda_runtime(device.index);
    default:
      return host_runtime();
  }
}

void copy_to_device(const Device& device, void* to, const void* from, size_t bytes) {
  runtime(device).upload(to, from, bytes);
  runtime(device).synchronize();
}

void copy_to_host(const Device& device, void* to, const void* from, size_t bytes) {
  runtime(device).download(to, from, bytes);
  runtime(device).synchronize();
}

}  // namespace tuna
