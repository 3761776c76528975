// HOST_DEVICE marks functions that the host and devices share.  Headers of such functions include only this file, so
// that host sources depend on neither CUDA nor the emulator.
#pragma once

#if defined(__CUDACC_RTC__)  // NVRTC has no host headers
using int8_t = signed char;
using uint8_t = unsigned char;
using int16_t = short;
using uint16_t = unsigned short;
using int32_t = int;
using uint32_t = unsigned;
using int64_t = long long;
using uint64_t = unsigned long long;
#else
#include <math.h>  // not cmath: the overloads of sqrt, log, ... without std::, as CUDA has them

#include <cstddef>
#include <cstdint>
#endif

#ifdef __CUDACC__
#define HOST_DEVICE __host__ __device__ __forceinline__
#else
#define HOST_DEVICE inline
#endif
