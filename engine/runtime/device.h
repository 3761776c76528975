// Where a program runs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace tuna {

/// ref: plain loops in f32 and f64, the definition of every op.  cpu: libraries, OpenMP and SIMD in f32.
/// cuda: the kernels of kernels/**/*.cu on a GPU.  emulated: the same kernels on the CPU, slowly, for tests.
enum class Backend : uint8_t { ref, cpu, emulated, cuda };
inline constexpr std::array kBackends = {Backend::ref, Backend::cpu, Backend::emulated, Backend::cuda};

std::string to_string(Backend backend);

struct Device {
  Backend backend = Backend::cpu;
  int threads = 1;
  int index = 0;  // of the GPU

  static Device reference() { return {Backend::ref, 1}; }
  static Device emulated() { return {Backend::emulated, 1}; }
  static Device cuda(int index = 0) { return {Backend::cuda, 1, index}; }

  /// All cores that this process may use, or OMP_NUM_THREADS; fewer if the system starts no more.  Flushes denormals to
  /// zero in every thread: gradients of a GAN reach them, and each costs a hundred times an ordinary number.
  static Device cpu();
};

std::string to_string(const Device& device);  // "cpu", "cuda:0"

/// Alignment of every value and every workspace, in bytes: what GPU libraries require, and enough for all others.
inline constexpr size_t kAlignment = 256;
constexpr size_t align_up(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

/// A queue of work on a device; on the CPU, work is done when it is queued.
struct Stream {
  void* handle = nullptr;  // a cudaStream_t on backend cuda
};

}  // namespace tuna
