// The CUDA runtime, in the one place of the engine that calls it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/runtime/graph_nodes.h"
#include "engine/runtime/runtime.h"

namespace tuna {

struct Gpu {
  std::string name;
  size_t bytes = 0, cache_bytes = 0;  // of memory, of the L2 cache
  int major = 0, minor = 0;           // compute capability
  std::string bus;                    // PCI address: "00000000:3b:00.0"
  std::string reason;                 // why CUDA cannot describe it
};

/// The CUDA support of this build and this machine.
struct CudaSurvey {
  std::string toolkit;    // "13.0"; empty: a build without backend cuda
  std::string driver;     // the newest CUDA that the driver supports; empty: no driver
  std::vector<Gpu> gpus;  // by their index
  std::string reason;     // why there are none
};
CudaSurvey cuda_survey();

/// Why a GPU cannot be used; empty if it exists, allocates memory, runs the kernels of this build and passes each
/// GpuCheck.  Cached per GPU; not thread-safe.
std::string gpu_unsupported_reason(int index);

/// Registers, at program start, a library's check of this thread's GPU: why the library does not work there, or empty.
struct GpuCheck {
  explicit GpuCheck(std::string (*reason)());
};

/// Throws Error if the GPU cannot be used.
Runtime& cuda_runtime(int index);

/// What `work` queues on a GPU, in its runtime's stream; nothing runs.
std::vector<GraphNode> cuda_nodes(int index, const std::function<void()>& work);

/// One T(index) per GPU, created on first use and never destroyed: CUDA may shut down before static destructors run.
template <class T>
T& one_per_gpu(int index) {
  static auto& made = *new std::map<int, T>;
  return made.try_emplace(index, index).first->second;
}

}  // namespace tuna
