#include "data/checksum.h"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "engine/base/check.h"

namespace tuna {

uint64_t fnv1a(std::string_view bytes, uint64_t hash) {
  for (const char byte : bytes) hash = (hash ^ uint8_t(byte)) * 1099511628211u;
  return hash;
}

Checksum checksum_of(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  check(file != nullptr, "{}: cannot be opened: {}", path.string(), std::strerror(errno));
  Checksum checksum{0, fnv1a("")};
  std::vector<char> buffer(size_t(1) << 16);
  while (const size_t read = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    checksum.fnv1a = fnv1a({buffer.data(), read}, checksum.fnv1a);
    checksum.bytes += read;
  }
  check(!std::ferror(file.get()), "{}: cannot be read to its end: {}", path.string(), std::strerror(errno));
  return checksum;
}

std::string hash_to_text(uint64_t hash) { return fmt::format("{:016x}", hash); }

std::optional<uint64_t> hash_from_text(const std::string& text) {
  uint64_t hash = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hash, 16);
  const bool whole = error == std::errc() && end == text.data() + text.size() && text.size() == 16;
  return whole ? std::optional(hash) : std::nullopt;
}

}  // namespace tuna
