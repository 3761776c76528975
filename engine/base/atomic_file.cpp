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

/// Returns the result of `call`, or -1 with the errno that a test injects.  Repeats interrupted calls.
template <class Call>
ssize_t attempt(FileCall which, Call call) {
  ssize_t result;
  do {
    errno = inject_file_error ? inject_file_error(which) : 0;
    result = errno != 0 ? -1 : ssize_t(call());
  } while (result < 0 && errno == EINTR);
  return result;
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path)
    : path_(std::move(path)), temporary_(path_.string() + ".tmp." + std::to_string(::getpid())) {
  const auto open = [&] { return ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666); };
  file_ = int(attempt(FileCall::open, open));
  if (file_ < 0) fail_with_errno("creating a temporary file next to it");
}

AtomicFile::~AtomicFile() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = attempt(FileCall::write, [&] { return ::write(file_, bytes.data(), bytes.size()); });
    if (written < 0) fail_with_errno("writing");
    bytes = bytes.subspan(size_t(written));
  }
}

void AtomicFile::commit() {
  if (attempt(FileCall::sync, [&] { return ::fsync(file_); }) < 0) fail_with_errno("syncing it to disk");
  if (attempt(FileCall::rename, [&] { return ::rename(temporary_.c_str(), path_.c_str()); }) < 0)
    fail_with_errno("renaming the temporary file");
  ::close(std::exchange(file_, -1));  // fsync has reported any error that close could

  // The new name is an entry of the folder, so it is durable only once the folder is synced, too.
  const std::filesystem::path parent = path_.parent_path();
  const int folder = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) fail_with_errno("opening its folder");
  const ssize_t synced = attempt(FileCall::sync_folder, [&] { return ::fsync(folder); });
  const int error = errno;
  ::close(folder);
  errno = error;
  // Some network file systems cannot sync folders and return EINVAL.
  if (synced < 0 && error != EINVAL) fail_with_errno("syncing its folder to disk");
}

void AtomicFile::fail_with_errno(std::string_view doing) const {
  const std::string cause = std::generic_category().message(errno);
  fail("cannot write {}: {} ({})", path_.string(), cause, doing);
}

void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

void write_file_atomically(const std::filesystem::path& path, std::string_view text) {
  write_file_atomically(path, std::as_bytes(std::span(text)));
}

}  // namespace tuna
