// Whole files in and out of memory, with the one-line errors that a user needs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace tuna {

/// The bytes of a regular file of at most `limit` bytes.  Missing, a directory, unreadable or larger: an error with the
/// path.
std::string read_file(const std::filesystem::path& path, uintmax_t limit);

/// Writes the whole file.  On an error (no such folder, no permission, disk full) nothing stays behind.
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace tuna
