#include "engine/base/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "engine/base/check.h"

namespace tuna {

std::function<int(FileCall)> inject_file_error;

namespace {

/// The errno that a test injects, or 0.
int injected(FileCall which) { return inject_file_error ? inject_file_error(which) : 0; }

/// Returns the result of `call`, or -1 with the errno that a test injects.  Repeats interrupted calls.
template <class Call>
ssize_t attempt(FileCall which, Call call) {
  ssize_t result;
  do {
    errno = injected(which);
    result = errno != 0 ? -1 : ssize_t(call());
  } while (result < 0 && errno == EINTR);
  return result;
}

[[noreturn]] void fail_to_write(const std::filesystem::path& path, std::string_view doing) {
  const std::string cause = std::generic_category().message(errno);
  fail("cannot write {}: {} ({})", path.string(), cause, doing);
}

void sync_and_close(int file, const std::filesystem::path& path, std::string_view doing) {
  const ssize_t synced = attempt(FileCall::sync_folder, [&] { return ::fsync(file); });
  const int error = errno;
  ::close(file);
  errno = error;
  // Some network file systems cannot sync folders and return EINVAL.
  if (synced < 0 && error != EINVAL) fail_to_write(path, doing);
}

/// A new name is an entry of its folder, so it is durable only once the folder is synced, too.
void sync_folder_of(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.parent_path();
  const int folder = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0 && errno == EACCES) return;  // one that may be written to but not read cannot be synced
  if (folder < 0) fail_to_write(path, "opening its folder");
  sync_and_close(folder, path, "syncing its folder to disk");
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path)
    : path_(std::move(path)), temporary_(path_.string() + ".tmp." + std::to_string(::getpid())) {
  const auto open = [&] { return ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666); };
  file_ = int(attempt(FileCall::open, open));
  if (file_ < 0) fail_with_errno("creating a temporary file next to it");
  is_temporary_ = true;
}

AtomicFile::~AtomicFile() {
  if (file_ >= 0) ::close(file_);
  if (is_temporary_) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = attempt(FileCall::write, [&] { return ::write(file_, bytes.data(), bytes.size()); });
    if (written < 0) fail_with_errno("writing");
    bytes = bytes.subspan(size_t(written));
  }
}

void AtomicFile::commit(Durable durable) {
  if (durable == Durable::yes && attempt(FileCall::sync, [&] { return ::fsync(file_); }) < 0)
    fail_with_errno("syncing it to disk");
  close();
  if (attempt(FileCall::rename, [&] { return ::rename(temporary_.c_str(), path_.c_str()); }) < 0)
    fail_with_errno("renaming the temporary file");
  is_temporary_ = false;
  if (durable == Durable::yes) sync_folder_of(path_);
}

void AtomicFile::close() {
  const int failed = injected(FileCall::close);
  // Not repeated, as the file is closed even after an error.
  const bool closed = ::close(std::exchange(file_, -1)) == 0;
  if (closed && failed == 0) return;
  if (failed != 0) errno = failed;
  fail_with_errno("closing it");  // network file systems may report a full disk only here
}

void AtomicFile::fail_with_errno(std::string_view doing) const { fail_to_write(path_, doing); }

void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes, Durable durable) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit(durable);
}

void write_file_atomically(const std::filesystem::path& path, std::string_view text, Durable durable) {
  write_file_atomically(path, std::as_bytes(std::span(text)), durable);
}

void sync_to_disk(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail_to_write(path, "opening it to sync it to disk");
  sync_and_close(file, path, "syncing it to disk");
}

void make_folder(const std::filesystem::path& path) {
  if (path.empty() || std::filesystem::is_directory(path)) return;
  make_folder(path.parent_path());
  std::error_code error;
  const bool is_new = std::filesystem::create_directory(path, error);
  check(!error, "{}: cannot be created: {}", path.string(), error.message());
  if (is_new) sync_folder_of(path);
}

}  // namespace tuna
