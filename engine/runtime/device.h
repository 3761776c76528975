// Where a program runs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/program/tensor.h"

namespace tuna {

/// ref: plain loops in f32 and f64, the definition of every op.  cpu: oneDNN, OpenMP and SIMD in f32.
/// cuda: the kernels of kernels/**/*.cu on a GPU.  emulated: the same kernels on the CPU, slowly, for tests.
enum class Backend : uint8_t { ref, cpu, emulated, cuda };
inline constexpr std::array kBackends = {Backend::ref, Backend::cpu, Backend::emulated, Backend::cuda};

std::string to_string(Backend backend);

/// fp32: everything.  tf32: convolutions and linear layers round what they multiply to 10 bits, for a GPU's tensor
/// cores. bf16, fp16: activations and their gradients are stored in 16 bits, and weights are rounded to them for
/// convolutions; master weights, statistics, losses and the last layers stay fp32, and the last layers multiply as in
/// tf32, which has room for all bits of an activation.
enum class Precision : uint8_t { fp32, tf32, bf16, fp16 };

std::string to_string(Precision precision);

/// What activations are stored in: of Program.
DType activation_type(Precision precision);

struct ConvChoices;  // kernels/conv/choices.h

struct Device {
  Backend backend = Backend::cpu;
  int threads = 1;
  int index = 0;  // of the GPU
  Precision precision = Precision::fp32;
  std::shared_ptr<const ConvChoices> conv_choices;  // of convolutions' algorithms; null: the fixed rule

  static Device reference() { return {Backend::ref, 1}; }
  static Device emulated() { return {Backend::emulated, 1}; }
  static Device cuda(int index = 0) { return {Backend::cuda, 1, index}; }

  /// All cores that this process may use, or OMP_NUM_THREADS.  Flushes denormals to zero in every thread: gradients of
  /// a GAN run into them, and they cost a hundred times an ordinary number.
  static Device cpu();

  /// "auto": the first GPU that works, else the cpu; "cpu"; "emulated"; "cuda", which is "cuda:0"; "cuda:1" and so on.
  /// Throws Error where that is something else, or a GPU that cannot be used.
  static Device by_name(const std::string& name);
  static bool is_name(const std::string& name);

  /// The same device with another precision.  Throws Error where it lacks that: the cpu has fp32 alone, and bf16 and
  /// tf32 need a GPU of compute capability 8.0.
  Device with(Precision precision) const;

  /// Why it lacks a precision; empty if it has it.
  std::string trouble_with(Precision precision) const;
  bool has(Precision precision) const { return trouble_with(precision).empty(); }
};

std::string to_string(const Device& device);  // "cpu", "cuda:0"
std::string describe(const Device& device);   // "cpu, 8 threads", "cuda:0, NVIDIA H200, 139.80 GiB"

/// Every value and every workspace begins at a multiple of so many bytes: what cuBLAS demands, and enough for all
/// others.
inline constexpr size_t kBorder = 256;
constexpr size_t to_border(size_t bytes) { return (bytes + kBorder - 1) / kBorder * kBorder; }

/// The order in which work is queued on a device; on the CPU work is done when it is queued.
struct Stream {
  void* handle = nullptr;  // a cudaStream_t on backend cuda
};

}  // namespace tuna
