// Paths without what does not matter in them.
#pragma once

#include <filesystem>

namespace tuna {

/// The path without "." and, if the file stays the same, without "..": behind a symbolic link, ".." is the folder that
/// the link leads to, and the path becomes absolute.
inline std::filesystem::path normal_path(const std::filesystem::path& path) {
  const std::filesystem::path shorter = path.lexically_normal();
  for (const std::filesystem::path& part : path)
    if (part == "..") {
      std::error_code shorter_error, error;
      const std::filesystem::path meant = std::filesystem::weakly_canonical(path, error);
      return !error && std::filesystem::weakly_canonical(shorter, shorter_error) != meant ? meant : shorter;
    }
  return shorter;
}

}  // namespace tuna
