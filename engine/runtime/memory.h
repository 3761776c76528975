// Memory that belongs to a device.  Host code never follows a device's address: it copies (runtime.h).
#pragma once

#include <cstddef>
#include <string>

#include "engine/runtime/runtime.h"

namespace tuna {

/// device: what kernels read and write.  staging: memory of the host on the way to the device and back.
enum class Side : uint8_t { device, staging };

class Memory {
 public:
  Memory() = default;

  /// `bytes` on a border (device.h).  Where there are not so many, throws Error: for what they were needed, what there
  /// is, and what to change.
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

/// TUNA_SEPARATE_MEMORY=1 in the environment: each value and workspace of a program then has memory of its own, which
/// nobody fills, and on a GPU ends where the value does.  So sanitizers see what is read unwritten, and who goes past
/// an end.
bool separate_memory();

std::string human_bytes(size_t bytes);  // "1.25 GiB"

}  // namespace tuna
