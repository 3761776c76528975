#include "engine/runtime/memory.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "engine/base/check.h"

namespace tuna {

Memory::Memory(const Device& device, size_t bytes, const std::string& purpose, Side side)
    : runtime_(&runtime(device)), side_(side) {
  const bool exact = bytes > 0 && device.backend == Backend::cuda && side == Side::device && separate_memory();
  const size_t rounded = exact ? bytes : std::max(to_border(bytes), kBorder);
  if (rounded >= bytes)  // else it wrapped around
    address_ = side == Side::device ? runtime_->allocate(rounded) : runtime_->allocate_staging(rounded);
  if (address_) return;
  const Runtime::Room room = runtime(side == Side::device ? device : Device::reference()).room();
  fail(
      "out of memory: {} needs {}, and {} has {} free of {}; smaller data.size, train.batch, evaluate.batch or "
      "networks (generator.ngf, discriminator.ndf, classifier.width) need less, and so does precision bf16 or fp16 "
      "on a GPU",
      purpose, human_bytes(bytes), side == Side::device ? to_string(device) : "the host", human_bytes(room.free),
      human_bytes(room.all));
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

std::string human_bytes(size_t bytes) {
  if (bytes >= size_t(1) << 30) return fmt::format("{:.2f} GiB", double(bytes) / double(1 << 30));
  if (bytes >= size_t(1) << 20) return fmt::format("{:.1f} MiB", double(bytes) / double(1 << 20));
  return fmt::format("{:.1f} KiB", double(bytes) / 1024);
}

}  // namespace tuna
