// How a .cu file launches its kernels and registers them for its backend: `cuda` if nvcc compiles it, else `emulated`.
#pragma once

#include <type_traits>

#include "engine/program/kernel_registry.h"
#include "kernels/device/device.h"

namespace tuna::BACKEND {

constexpr Backend kDeviceBackend = Backend::BACKEND;

/// Launches a kernel; throws Error if that fails.  Arguments convert to the kernel's parameters as in a call.
template <auto kKernel, class... Parameters>
void launch(const char* name, void (*kernel)(Parameters...), dim3 grid, dim3 block, size_t shared_bytes, Stream& stream,
            std::type_identity_t<Parameters>... arguments) {
#ifdef __CUDACC__
  constexpr size_t kAlwaysAllowed = 48 << 10;
  cudaError_t error = cudaSuccess;
  if (shared_bytes > kAlwaysAllowed)
    error = cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, int(shared_bytes));
  if (error == cudaSuccess) {
    kernel<<<grid, block, shared_bytes, static_cast<cudaStream_t>(stream.handle)>>>(arguments...);
    error = cudaGetLastError();
  }
  check(error == cudaSuccess, "kernel {}, {} x {} x {} blocks of {} x {} x {} threads: {}", name, grid.x, grid.y,
        grid.z, block.x, block.y, block.z, cudaGetErrorString(error));
#else
  static_cast<void>(stream);
  emulator::launch(emulator::KernelOf<kKernel>::kernel, name, grid, block, shared_bytes, [&] { kernel(arguments...); });
#endif
}

/// LAUNCH((kernel<T>), grid, block, stream, arguments...), with parentheses around a name that has a comma.
#define LAUNCH(kernel, grid, block, stream, ...) \
  tuna::BACKEND::launch<kernel>(#kernel, kernel, grid, block, 0, stream __VA_OPT__(, ) __VA_ARGS__)

/// With dynamic shared memory, for DYNAMIC_SHARED.
#define LAUNCH_SHARED(kernel, grid, block, bytes, stream, ...) \
  tuna::BACKEND::launch<kernel>(#kernel, kernel, grid, block, bytes, stream __VA_OPT__(, ) __VA_ARGS__)

/// Calls f(T()) for the floating-point type in which these tensors are stored: the only place that lists them.  With a
/// reduced-precision type, parameters and statistics are f32.
template <bool kReduced, class F>
auto dispatch_float(const Op& op, const Types& in, const Types& out, F f) {
  const DType stored = stored_type(in, out);
  check(real_type(in, out) != DType::f64, "{}: backend {} has no f64", op.name(), to_string(kDeviceBackend));
  check(kReduced || !is_reduced_precision(stored), "{}: backend {} has no {}", op.name(), to_string(kDeviceBackend),
        to_string(stored));
  if constexpr (kReduced) {
    if (stored == DType::f16) return f(f16());
    if (stored == DType::bf16) return f(bf16());
  }
  return f(float());
}

/// Registers the kernel of an op for this backend, in every type that devices store:
///   launch(const O&, auto stored, const Args&, Stream&), whose T is decltype(stored),
/// and, if it needs a workspace, before that
///   workspace(const O&, const Types& in, const Types& out), its bytes.
template <class O, bool kReduced = true>
struct DeviceKernel {
  template <class LaunchKernel>
  explicit DeviceKernel(LaunchKernel launch)
      : DeviceKernel([](const O&, const Types&, const Types&) { return size_t(0); }, launch) {}

  template <class Workspace, class LaunchKernel>
  DeviceKernel(Workspace workspace, LaunchKernel launch) {
    KernelFor<O, kDeviceBackend>([workspace, launch](const O& op, const Types& in, const Types& out, const Target&) {
      return dispatch_float<kReduced>(op, in, out, [&](auto stored) {
        return Prepared{workspace(op, in, out),
                        [&op, launch, stored](const Args& args, Stream& stream) { launch(op, stored, args, stream); }};
      });
    });
  }
};

/// The same for an op whose tensors are never of a reduced-precision type: losses, optimizers, images.
template <class O>
using DeviceKernelF32 = DeviceKernel<O, false>;

/// Whether vectors of 16 bytes can be read and written at this address.
inline bool is_aligned(const void* memory) { return reinterpret_cast<uintptr_t>(memory) % 16 == 0; }

}  // namespace tuna::BACKEND
