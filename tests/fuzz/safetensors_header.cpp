// After each mutation the length in front of a safetensors file's header is that of its JSON text, which ends in the
// last
// '}': a mutation seldom changes both alike.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned seed) {
  size = LLVMFuzzerMutate(data, size, most);
  if (seed % 16 == 0 || size <= 8) return size;  // wrong lengths are read, too
  uint64_t end = size;
  while (end > 8 && data[end - 1] != '}') --end;
  const uint64_t header_bytes = end - 8;
  std::memcpy(data, &header_bytes, sizeof header_bytes);
  return size;
}
