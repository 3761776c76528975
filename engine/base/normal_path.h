// Normalisation of paths that respects symbolic links.
#pragma once

#include <filesystem>

namespace tuna {

/// The path without "." and "..".  If a component before ".." is a symbolic link, the lexically normal path may be
/// another file; the result is then the canonical path, which is absolute.
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

/// Relative to `root` if it is below it, otherwise, or if `root` is empty, absolute.
inline std::filesystem::path relative_if_below(const std::filesystem::path& path, const std::filesystem::path& root) {
  const std::filesystem::path absolute = normal_path(std::filesystem::absolute(path));
  if (root.empty()) return absolute;
  const std::filesystem::path relative = absolute.lexically_relative(normal_path(std::filesystem::absolute(root)));
  return relative.empty() || *relative.begin() == ".." ? absolute : relative;
}

}  // namespace tuna
