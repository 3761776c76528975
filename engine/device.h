// Where a program runs.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace tuna {

/// ref: plain loops in f32 and f64, the definition of every op.  cpu: oneDNN, OpenMP and SIMD in f32.
/// cuda: the kernels of kernels/**/*.cu on a GPU.  emulated: the same kernels on the CPU, slowly, for tests.
enum class Backend : uint8_t { ref, cpu, emulated, cuda };
inline constexpr std::array kBackends = {Backend::ref, Backend::cpu, Backend::emulated, Backend::cuda};

std::string to_string(Backend backend);

struct Device {
  Backend backend = Backend::cpu;
  int threads = 1;

  static Device reference() { return {Backend::ref, 1}; }
  static Device emulated() { return {Backend::emulated, 1}; }

  /// All cores that this process may use, or OMP_NUM_THREADS.  Flushes denormals to zero in every thread: gradients of
  /// a GAN run into them, and they cost a hundred times an ordinary number.
  static Device cpu();
};

/// The order in which work is queued on a device; on the CPU work is done when it is queued.
struct Stream {
  void* handle = nullptr;  // a cudaStream_t on backend cuda
};

}  // namespace tuna
