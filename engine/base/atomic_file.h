// Files that a later run depends on (checkpoints, metrics, pictures) are replaced atomically: the bytes are written to
// `name.tmp.<pid>` next to the target and synced to disk before the rename.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

namespace tuna {

/// Whether a file is synced to disk, so that it survives a power cut.  A sync takes milliseconds, so it is omitted for
/// many files that are easily regenerated.
enum class Durable : bool { no, yes };

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
  void commit(Durable durable = Durable::yes);

 private:
  void close();
  [[noreturn]] void fail_with_errno(std::string_view doing) const;

  std::filesystem::path path_, temporary_;
  int file_ = -1;
  bool is_temporary_ = false;  // the temporary file exists
};

void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes,
                           Durable durable = Durable::yes);
void write_file_atomically(const std::filesystem::path& path, std::string_view text, Durable durable = Durable::yes);

/// Syncs the contents of a file or the entries of a folder to disk.  Throws Error with path and cause.
void sync_to_disk(const std::filesystem::path& path);

/// Creates a folder and its missing parents, and syncs them to disk.  Throws Error with path and cause.
void make_folder(const std::filesystem::path& path);

/// The system calls behind an AtomicFile, in the order in which they happen.
enum class FileCall { open, write, sync, close, rename, sync_folder };

/// For tests: called before each of these calls, which fails with the returned errno unless that is 0.
extern std::function<int(FileCall)> inject_file_error;

}  // namespace tuna
