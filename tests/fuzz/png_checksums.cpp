// After each mutation the chunks of a PNG get the checksums of their new contents: by chance alone almost none would
// have them, and all that is behind that check would not be reached.
#include <zlib.h>

#include <cstddef>
#include <cstdint>

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

namespace {

uint32_t number_at(const uint8_t* bytes) {
  return uint32_t(bytes[0]) << 24 | uint32_t(bytes[1]) << 16 | uint32_t(bytes[2]) << 8 | bytes[3];
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned seed) {
  size = LLVMFuzzerMutate(data, size, most);
  if (seed % 16 == 0) return size;  // wrong checksums are read, too
  for (size_t at = 8; at + 12 <= size;) {
    const size_t length = number_at(data + at);
    if (length > size - at - 12) break;
    const auto checksum = uint32_t(crc32(0, data + at + 4, uInt(length + 4)));
    for (size_t i = 0; i < 4; ++i) data[at + 8 + length + i] = uint8_t(checksum >> 8 * (3 - i));
    at += length + 12;
  }
  return size;
}
