#include "engine/runtime/memory.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "engine/base/human_bytes.h"

namespace tuna {

Memory::Memory(const Device& device, size_t bytes, const std::string& purpose, Side side)
    : runtime_(&runtime(device)), side_(side) {
  const bool exact = bytes > 0 && device.backend == Backend::cuda && side == Side::device && separate_memory();
  const size_t rounded = exact ? bytes : std::max(align_up(bytes), kAlignment);
  if (rounded >= bytes)  // otherwise rounding overflowed
    address_ = side == Side::device ? runtime_->allocate(rounded) : runtime_->allocate_staging(rounded);
  if (address_) return;
  const Runtime::MemoryInfo info = runtime(side == Side::device ? device : Device::reference()).memory_info();
  throw OutOfMemory(fmt::format("out of memory: {} needs {}, and {} has {} free of {}", purpose, human_bytes(bytes),
                                side == Side::device ? to_string(device) : "the host", human_bytes(info.free),
                                human_bytes(info.total)));
}

Memory::~Memory() {
  if (!address_) return;
  if (side_ == Side::device)
    runtime_->release(address_);
  else
    runtime_->release_staging(address_);
}

Memory::Memory(Memory&& other) noexcept
    : runtime_(other.runtime_), side_(other.side_), address_(std::exchange(other.address_, nullptr)) {}

Memory& Memory::operator=(Memory&& other) noexcept {
  std::swap(runtime_, other.runtime_);
  std::swap(side_, other.side_);
  std::swap(address_, other.address_);
  return *this;
}

bool separate_memory() {
  const char* wanted = std::getenv("TUNA_SEPARATE_MEMORY");
  return wanted && std::string_view(wanted) == "1";
}

}  // namespace tuna
