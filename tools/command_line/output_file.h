// Output files of commands.  Existing files are not overwritten, and unwritable paths are reported before the work
// begins.
#pragma once

#include <filesystem>

namespace tuna {

/// Throws Error unless a new file can be created at `path`.
void check_new_file(const std::filesystem::path& path);

/// Creates the folder if it is missing; throws Error if that fails or files cannot be created in it.
void make_output_folder(const std::filesystem::path& folder);

}  // namespace tuna
