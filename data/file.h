// Reads whole files; every error is one line with the path.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace tuna {

/// The bytes of a regular file of at most `limit` bytes.  Throws Error with the path if it is missing, a directory,
/// unreadable or larger.
std::string read_file(const std::filesystem::path& path, uintmax_t limit);

}  // namespace tuna
