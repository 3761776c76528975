// Files that a later run depends on (checkpoints, metrics, pictures) are replaced atomically: the bytes are written to
// `name.tmp.<pid>` next to the target and synced to disk before the rename.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

namespace tuna {

class AtomicFile {
 public:
  /// Opens `path.tmp.<pid>` in the folder of `path`.  This and the other members throw Error with path and cause.
  explicit AtomicFile(std::filesystem::path path);

  /// Removes the temporary file, if there was no commit().
  ~AtomicFile();

  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);

  /// Replaces the file at `path`: before, it is the old one; afterwards, it is the new one, complete and on disk.
  void commit();

 private:
  [[noreturn]] void fail_with_errno(std::string_view doing) const;

  std::filesystem::path path_, temporary_;
  int file_ = -1;
};

void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file_atomically(const std::filesystem::path& path, std::string_view text);

/// The system calls behind an AtomicFile, in the order in which they happen.
enum class FileCall { open, write, sync, rename, sync_folder };

/// For tests: called before each of these calls, which fails with the returned errno unless that is 0.
extern std::function<int(FileCall)> inject_file_error;

}  // namespace tuna
