#include "tools/command_line/output_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "engine/base/check.h"
#include "engine/base/counted.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

constexpr size_t kLongestName = 239;  // with ".tmp." and the number of a process, file systems have 255 bytes

void check_writable(const fs::path& folder) {
  if (::access(folder.c_str(), W_OK | X_OK) == 0) return;
  const std::string reason = std::strerror(errno);
  fail("{}: cannot create files in this folder: {}", folder.string(), reason);
}

}  // namespace

void check_new_file(const fs::path& path) {
  check(!path.empty() && path != "-", "\"{}\" is not the name of a file to write", path.string());
  const size_t letters = path.filename().string().size();
  check(letters <= kLongestName, "{}: its name has {}, expected at most {}", path.string(), counted(letters, "byte"),
        kLongestName);
  check(!fs::is_directory(path), "{}: is a folder, expected a file to write", path.string());
  check(!fs::exists(fs::symlink_status(path)), "{}: exists already, and is not overwritten", path.string());
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  check(fs::is_directory(folder), "{}: there is no folder {}", path.string(), folder.string());
  check_writable(folder);
}

void make_output_folder(const fs::path& folder) {
  check(!fs::exists(folder) || fs::is_directory(folder), "{}: is a file, expected a folder to write to",
        folder.string());
  std::error_code error;
  fs::create_directories(folder, error);
  check(!error, "{}: cannot be created: {}", folder.string(), error.message());
  check_writable(folder);
}

}  // namespace tuna
