// Reads and writes whole files; every error is one line with the path.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace tuna {

/// The bytes of a regular file of at most `limit` bytes.  Throws Error with the path if it is missing, a directory,
/// unreadable or larger.
std::string read_file(const std::filesystem::path& path, uintmax_t limit);

/// Writes the whole file.  On an error (no such folder, no permission, disk full) no partial file remains.
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace tuna
