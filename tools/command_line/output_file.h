// Files that a command writes for its user.  What is there already stays as it is, and what cannot be written is said
// before the work begins.
#pragma once

#include <filesystem>

namespace tuna {

/// Throws Error unless a new file can be made at `path`.
void check_new_file(const std::filesystem::path& path);

/// Makes the folder where it is missing; throws Error where that fails or files cannot be made in it.
void make_output_folder(const std::filesystem::path& folder);

}  // namespace tuna
