// Memory that belongs to a device.  Host code never dereferences a device address: it copies (runtime.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/base/check.h"
#include "engine/runtime/runtimes.h"

namespace tuna {

/// device: what kernels read and write.  staging: memory of the host on the way to the device and back.
enum class Side : uint8_t { device, staging };

/// Thrown if an allocation on a device or on the host fails.
struct OutOfMemory : Error {
  using Error::Error;
};

class Memory {
 public:
  Memory() = default;

  /// Allocates `bytes`, aligned (device.h).  Throws OutOfMemory naming their purpose and the free memory.
  Memory(const Device& device, size_t bytes, const std::string& purpose, Side side = Side::device);
  ~Memory();
  Memory(Memory&& other) noexcept;
  Memory& operator=(Memory&& other) noexcept;

  void* address() const { return address_; }
  explicit operator bool() const { return address_ != nullptr; }

 private:
  Runtime* runtime_ = nullptr;
  Side side_ = Side::device;
  void* address_ = nullptr;
};

/// TUNA_SEPARATE_MEMORY=1 in the environment: each value and workspace of a program has memory of its own, not
/// initialised, and on a GPU without padding.  Lets sanitizers see uninitialised reads and out-of-bounds accesses.
bool separate_memory();

}  // namespace tuna
