// The one header that device code (.cuh) includes.  The same source is CUDA under nvcc and NVRTC, and C++ that the
// emulator runs under any other compiler.
//
// Plain CUDA C++ works in all three: threadIdx, __syncthreads, __shfl_*_sync, atomics on integers, float4.  Constructs
// that the compilers spell differently have a macro here.
#pragma once

#include "engine/base/host_device.h"
#include "engine/base/reduced_precision.h"

#if !defined(__CUDACC__)
#include "kernels/device/emulator.h"
#elif !defined(__CUDACC_RTC__)
#include <cuda_runtime.h>
#endif

// BACKEND names both the backend and the namespace of everything that is compiled twice: the two versions of a kernel
// are parts of the same program.
#ifdef __CUDACC__
#define BACKEND cuda
#define KERNEL __global__ void
#define DEVICE __device__ __forceinline__
#define LAUNCH_BOUNDS(threads) __launch_bounds__(threads)
#define TUNA_PRAGMA(text) _Pragma(#text)
#define UNROLL(times) TUNA_PRAGMA(unroll times)

/// T* name: n elements of shared memory; n is a constant.  Bytes, because T may have a constructor.
#define SHARED(T, name, n)                                            \
  __shared__ alignas(16) unsigned char name##_bytes[sizeof(T) * (n)]; \
  T* const name = reinterpret_cast<T*>(name##_bytes)

/// T* name: the shared memory that LAUNCH_SHARED requested.
#define DYNAMIC_SHARED(T, name)                  \
  extern __shared__ uint4 tuna_dynamic_shared[]; \
  T* const name = reinterpret_cast<T*>(tuna_dynamic_shared)
#else
#define BACKEND emulated
#define KERNEL void
#define DEVICE inline
#define LAUNCH_BOUNDS(threads)
#define TUNA_PRAGMA(text) _Pragma(#text)
#define UNROLL(times) TUNA_PRAGMA(GCC unroll times)
#define SHARED(T, name, n)     \
  static char name##_declared; \
  T* const name = tuna::emulator::shared<T>(&name##_declared, n)
#define DYNAMIC_SHARED(T, name) T* const name = tuna::emulator::dynamic_shared<T>()
#endif

namespace tuna::BACKEND {

constexpr int kWarp = 32;
constexpr unsigned kWholeWarp = 0xFFFFFFFF;

DEVICE float infinity() { return __uint_as_float(0x7F800000); }
DEVICE float not_a_number() { return __uint_as_float(0x7FC00000); }

HOST_DEVICE constexpr size_t ceil_div(size_t a, size_t b) { return (a + b - 1) / b; }

}  // namespace tuna::BACKEND
