// Size and hash of a file, by which a change is noticed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tuna {

struct Checksum {
  uint64_t bytes = 0;
  uint64_t fnv1a = 0;  ///< FNV-1a of 64 bits over the bytes

  bool operator==(const Checksum&) const = default;
};

/// FNV-1a of 64 bits over the bytes, continued from `hash`.
uint64_t fnv1a(std::string_view bytes, uint64_t hash = 14695981039346656037u);

/// Of the file as it is now.  Throws Error with the path if it cannot be read.
Checksum checksum_of(const std::filesystem::path& path);

/// The hash as 16 hexadecimal digits, and back; nothing if the text is not one.
std::string hash_to_text(uint64_t hash);
std::optional<uint64_t> hash_from_text(const std::string& text);

}  // namespace tuna
