// Numbers in the bytes of a file.
#pragma once

#include <cstdint>
#include <string_view>

namespace tuna {

inline uint8_t byte_at(std::string_view bytes, size_t at) { return uint8_t(bytes[at]); }

/// The number in `count` bytes, at most 4, of which the first is the most significant.  All must be there.
inline uint32_t big_endian(std::string_view bytes, size_t at, int count) {
  uint32_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | byte_at(bytes, at + size_t(i));
  return value;
}

/// As big_endian, with the first byte the least significant.
inline uint32_t little_endian(std::string_view bytes, size_t at, int count) {
  uint32_t value = 0;
  for (int i = count; i-- > 0;) value = value << 8 | byte_at(bytes, at + size_t(i));
  return value;
}

}  // namespace tuna
