// Runs CUDA kernels on the CPU, to test them without a GPU and to detect errors that a GPU hides.
//
// Every thread of a block is a fiber that runs until it waits for others.  One warp runs as far ahead as it can before
// another moves, in an order given by a seed: a missing barrier then changes the result.  Shared memory begins as NaN
// in every block.  If some threads never arrive at a barrier or a warp operation, the error names the threads that wait
// and the line.  Blocks run one after the other, and launches of several host threads too.
//
// The names below are CUDA's, limited to those that the kernels use.  atomicAdd of floats is left out, because its sums
// would depend on the order.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <vector>

// ---- Types ----------------------------------------------------------------------------------------------------------

struct uint3 {
  unsigned x, y, z;
};

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

// clang-format off
struct alignas(8)  float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(8)  int2   { int x, y; };
struct alignas(16) int4   { int x, y, z, w; };
struct alignas(8)  uint2  { unsigned x, y; };
struct alignas(16) uint4  { unsigned x, y, z, w; };
// clang-format on

inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline int2 make_int2(int x, int y) { return {x, y}; }
inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }

// The values for the running thread.
extern uint3 threadIdx, blockIdx;
extern dim3 blockDim, gridDim;
constexpr int warpSize = 32;

// ---- The emulator ---------------------------------------------------------------------------------------------------

namespace tuna::emulator {

/// Sets the order of blocks, warps and lanes in later launches.  0: ascending, 1: descending, others: random by seed.
void set_schedule(uint32_t seed);

/// A kernel of the program, one per instance of a template, and whether it was launched.
struct Kernel {
  const std::type_info& type;  // a type whose name contains the kernel
  bool launched = false;

  explicit Kernel(const std::type_info& type);

  /// The name of the kernel, with its template arguments.
  std::string name() const;
};

/// All kernels of the program; complete from its start on.
std::vector<Kernel*>& kernels();

template <auto kKernel>
struct KernelOf {
  static inline Kernel kernel{typeid(KernelOf)};
};

/// During its lifetime, launches are checked and recorded in Kernel::launched, and nothing runs.
class LaunchesOnly {
 public:
  LaunchesOnly();
  ~LaunchesOnly();
  LaunchesOnly(const LaunchesOnly&) = delete;
  LaunchesOnly& operator=(const LaunchesOnly&) = delete;
};

/// Runs body() as every thread of every block.  Throws Error naming kernel, block, thread and line, also for a launch
/// that a GPU would refuse.  `name` is the kernel as written in the launch.
void launch(Kernel& kernel, const char* name, dim3 grid, dim3 block, size_t dynamic_shared_bytes,
            const std::function<void()>& body);

/// A line of a kernel's source; as a default argument, that of the call.
struct Where {
  const char* file;
  int line;

  static constexpr Where here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) { return {file, line}; }
};

/// Shared memory of the running block, the same for all its threads; `site` identifies the declaration.
void* shared_memory(const void* site, size_t bytes);
void* dynamic_shared_memory();

template <class T>
T* shared(const void* site, size_t n) {
  static_assert(std::is_trivially_copyable_v<T>);
  return static_cast<T*>(shared_memory(site, n * sizeof(T)));
}

template <class T>
T* dynamic_shared() {
  return static_cast<T*>(dynamic_shared_memory());
}

/// Waits until every thread of the block has arrived at the same place; returns how many have a true `vote`.
int meet_block(const char* what, bool vote, Where where);

/// Waits until every lane of `mask` has arrived at the same place with the same mask.  Then settle(parts) runs once,
/// with the part of each lane, or null for those outside the mask.
void meet_warp(const char* what, unsigned mask, void* part, void (*settle)(void* const* parts), Where where);

/// The number of the running thread in its warp.
int lane();

/// Throws Error as fail() does, with the running thread and `where` in the message.
[[noreturn]] void fail_here(const char* message, Where where);

/// Every lane contributes a value and receives that of the lane `source`.
template <class T>
T shuffle(const char* what, unsigned mask, T value, int source, Where where) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "a shuffle moves 4 or 8 bytes");
  struct Part {
    T given, taken;
    int source;
    bool from_outside_mask;
  };
  Part part{value, value, source, false};
  meet_warp(
      what, mask, &part,
      [](void* const* parts) {
        for (int i = 0; i < warpSize; ++i)
          if (Part* taker = static_cast<Part*>(parts[i])) {
            const Part* giver = static_cast<const Part*>(parts[taker->source]);
            taker->from_outside_mask = giver == nullptr;
            if (giver) taker->taken = giver->given;
          }
      },
      where);
  if (part.from_outside_mask) fail_here("takes the value of a lane that is not in the mask of its shuffle", where);
  return part.taken;
}

/// Every lane contributes a value and receives all of them combined, in the order of the lanes.
template <class T, class Combine>
T reduce(const char* what, unsigned mask, T value, Combine, Where where) {
  meet_warp(
      what, mask, &value,
      [](void* const* parts) {
        bool any = false;
        T whole{};
        for (int i = 0; i < warpSize; ++i)
          if (const T* part = static_cast<const T*>(parts[i])) {
            whole = any ? Combine()(whole, *part) : *part;
            any = true;
          }
        for (int i = 0; i < warpSize; ++i)
          if (parts[i]) *static_cast<T*>(parts[i]) = whole;
      },
      where);
  return value;
}

struct Smaller {
  template <class T>
  T operator()(T a, T b) const {
    return std::min(a, b);
  }
};

struct Larger {
  template <class T>
  T operator()(T a, T b) const {
    return std::max(a, b);
  }
};

template <class T>
constexpr bool is_atomic =
    std::is_same_v<T, int> || std::is_same_v<T, unsigned> || std::is_same_v<T, unsigned long long>;

template <class T, class F>
T exchange(T* address, F f) {
  static_assert(is_atomic<T>, "atomics are for int, unsigned and unsigned long long");
  const T old = *address;
  *address = f(old);
  return old;
}

}  // namespace tuna::emulator

// ---- Barriers and warps ---------------------------------------------------------------------------------------------

#define TUNA_WHERE tuna::emulator::Where where = tuna::emulator::Where::here()

inline void __syncthreads(TUNA_WHERE) { tuna::emulator::meet_block("__syncthreads", false, where); }

inline int __syncthreads_count(int vote, TUNA_WHERE) {
  return tuna::emulator::meet_block("__syncthreads_count", vote != 0, where);
}
inline int __syncthreads_or(int vote, TUNA_WHERE) {
  return tuna::emulator::meet_block("__syncthreads_or", vote != 0, where) > 0;
}
inline int __syncthreads_and(int vote, TUNA_WHERE) {
  return tuna::emulator::meet_block("__syncthreads_and", vote == 0, where) == 0;
}

inline void __syncwarp(unsigned mask = 0xFFFFFFFF, TUNA_WHERE) {
  tuna::emulator::meet_warp(
      "__syncwarp", mask, &mask, [](void* const*) {}, where);
}

// `width` splits the warp into parts of 2, 4, 8 or 16 lanes that act as separate warps.
template <class T>
T __shfl_sync(unsigned mask, T value, int source, int width = warpSize, TUNA_WHERE) {
  const int lane = tuna::emulator::lane(), first = lane / width * width;
  return tuna::emulator::shuffle("__shfl_sync", mask, value, first + (source & (width - 1)), where);
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = warpSize, TUNA_WHERE) {
  const int lane = tuna::emulator::lane(), first = lane / width * width, source = lane - int(delta);
  return tuna::emulator::shuffle("__shfl_up_sync", mask, value, source < first ? lane : source, where);
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = warpSize, TUNA_WHERE) {
  const int lane = tuna::emulator::lane(), end = lane / width * width + width, source = lane + int(delta);
  return tuna::emulator::shuffle("__shfl_down_sync", mask, value, source >= end ? lane : source, where);
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = warpSize, TUNA_WHERE) {
  const int lane = tuna::emulator::lane(), end = lane / width * width + width, source = lane ^ lanes;
  return tuna::emulator::shuffle("__shfl_xor_sync", mask, value, source >= end ? lane : source, where);
}

inline unsigned __ballot_sync(unsigned mask, int vote, TUNA_WHERE) {
  const unsigned mine = vote != 0 ? 1u << tuna::emulator::lane() : 0;
  return tuna::emulator::reduce("__ballot_sync", mask, mine, std::bit_or<>(), where);
}
inline int __any_sync(unsigned mask, int vote, TUNA_WHERE) {
  return tuna::emulator::reduce("__any_sync", mask, int(vote != 0), std::bit_or<>(), where);
}
inline int __all_sync(unsigned mask, int vote, TUNA_WHERE) {
  return tuna::emulator::reduce("__all_sync", mask, int(vote != 0), std::bit_and<>(), where);
}

// On a GPU these need sm_80: device code that must run on older ones uses shuffles.
template <class T>
T __reduce_add_sync(unsigned mask, T value, TUNA_WHERE) {
  return tuna::emulator::reduce("__reduce_add_sync", mask, value, std::plus<>(), where);
}
template <class T>
T __reduce_min_sync(unsigned mask, T value, TUNA_WHERE) {
  return tuna::emulator::reduce("__reduce_min_sync", mask, value, tuna::emulator::Smaller(), where);
}
template <class T>
T __reduce_max_sync(unsigned mask, T value, TUNA_WHERE) {
  return tuna::emulator::reduce("__reduce_max_sync", mask, value, tuna::emulator::Larger(), where);
}
inline unsigned __reduce_and_sync(unsigned mask, unsigned value, TUNA_WHERE) {
  return tuna::emulator::reduce("__reduce_and_sync", mask, value, std::bit_and<>(), where);
}
inline unsigned __reduce_or_sync(unsigned mask, unsigned value, TUNA_WHERE) {
  return tuna::emulator::reduce("__reduce_or_sync", mask, value, std::bit_or<>(), where);
}
inline unsigned __reduce_xor_sync(unsigned mask, unsigned value, TUNA_WHERE) {
  return tuna::emulator::reduce("__reduce_xor_sync", mask, value, std::bit_xor<>(), where);
}

#undef TUNA_WHERE

inline void __threadfence() {}
inline void __threadfence_block() {}

// ---- Atomics --------------------------------------------------------------------------------------------------------

template <class T>
T atomicAdd(T* address, std::type_identity_t<T> value) {
  return tuna::emulator::exchange(address, [&](T old) { return old + value; });
}
template <class T>
T atomicMin(T* address, std::type_identity_t<T> value) {
  return tuna::emulator::exchange(address, [&](T old) { return std::min(old, value); });
}
template <class T>
T atomicMax(T* address, std::type_identity_t<T> value) {
  return tuna::emulator::exchange(address, [&](T old) { return std::max(old, value); });
}
template <class T>
T atomicOr(T* address, std::type_identity_t<T> value) {
  return tuna::emulator::exchange(address, [&](T old) { return old | value; });
}
template <class T>
T atomicExch(T* address, std::type_identity_t<T> value) {
  return tuna::emulator::exchange(address, [&](T) { return value; });
}
template <class T>
T atomicCAS(T* address, std::type_identity_t<T> expected, std::type_identity_t<T> value) {
  return tuna::emulator::exchange(address, [&](T old) { return old == expected ? value : old; });
}

// ---- Arithmetic -----------------------------------------------------------------------------------------------------

template <class T>
T __ldg(const T* address) {
  return *address;
}

// If one argument is NaN, the result is the other one, as on the GPU.
template <class T>
constexpr T min(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return std::fmin(a, b);
  else
    return b < a ? b : a;
}
template <class T>
constexpr T max(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return std::fmax(a, b);
  else
    return a < b ? b : a;
}

inline float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
inline float __expf(float x) { return std::exp(x); }
inline float __logf(float x) { return std::log(x); }
inline float __fdividef(float a, float b) { return a / b; }

// Each rounds once: the compiler does not contract it with neighbouring operations.
inline float __fadd_rn(float a, float b) { return std::fma(a, 1.0f, b); }
inline float __fmul_rn(float a, float b) { return std::fma(a, b, -0.0f); }
inline float __fmaf_rn(float a, float b, float c) { return std::fma(a, b, c); }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __fsqrt_rn(float x) { return std::sqrt(x); }

inline int __float_as_int(float x) { return std::bit_cast<int>(x); }
inline unsigned __float_as_uint(float x) { return std::bit_cast<unsigned>(x); }
inline float __int_as_float(int x) { return std::bit_cast<float>(x); }
inline float __uint_as_float(unsigned x) { return std::bit_cast<float>(x); }
inline int __float2int_rn(float x) { return int(std::nearbyint(x)); }
inline int __float2int_rd(float x) { return int(std::floor(x)); }

inline unsigned __umulhi(unsigned a, unsigned b) { return unsigned(uint64_t(a) * b >> 32); }
inline int __mulhi(int a, int b) { return int(int64_t(a) * b >> 32); }
inline int __popc(unsigned x) { return std::popcount(x); }
inline int __clz(int x) { return std::countl_zero(unsigned(x)); }
inline int __ffs(int x) { return x == 0 ? 0 : std::countr_zero(unsigned(x)) + 1; }
