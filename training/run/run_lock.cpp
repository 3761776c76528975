#include "training/run/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tuna {
namespace fs = std::filesystem;
namespace {

std::string this_process() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return fmt::format("process {} on {}", getpid(), host[0] == '\0' ? "an unknown host" : host.data());
}

// The owner's entry in the lock file, which may have been removed.
std::string owner_in(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  std::array<char, 512> text{};
  const ssize_t bytes = ::pread(file, text.data(), text.size() - 1, 0);
  if (file >= 0) ::close(file);
  return bytes > 0 ? text.data() : "another process";
}

// A folder that may not be read is not locked: -1.
FileLock lock_of_folder(const fs::path& folder) {
  return FileLock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

FileLock lock_of_file(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) {
    const std::string reason = std::strerror(errno);
    fail("{}: cannot be opened: {}", path.string(), reason);
  }
  return FileLock(file);
}

// The lock, unless another process has it.
FileLock not_held_by_another(FileLock lock, const fs::path& folder) {
  if (lock.is_held_by_another())
    throw RunIsOwned(fmt::format("{}: {} is training this run; wait for it, or stop it with Ctrl-C, which saves",
                                 folder.string(), owner_in(folder / "run.lock")));
  return lock;
}

}  // namespace

FileLock::FileLock(int descriptor) : descriptor_(descriptor) {
  if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) error_ = errno;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FileLock::FileLock(FileLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), error_(other.error_) {}

bool FileLock::is_held_by_another() const { return error_ == EWOULDBLOCK; }

RunLock::RunLock(const fs::path& folder)
    : folder_(not_held_by_another(lock_of_folder(folder), folder)),
      file_(not_held_by_another(lock_of_file(folder / "run.lock"), folder)) {
  if (!folder_.is_locked() && !file_.is_locked())
    warning_ = fmt::format("{}: this file system has no locks ({}): take care that no other process trains this run",
                           (folder / "run.lock").string(), std::strerror(file_.error()));
  const std::string owner = this_process();
  const bool written =
      ::ftruncate(file_.descriptor(), 0) == 0 && ::pwrite(file_.descriptor(), owner.data(), owner.size(), 0) > 0;
  static_cast<void>(written);  // it is for messages only
}

RunLock::~RunLock() {
  if (file_.descriptor() >= 0) static_cast<void>(::ftruncate(file_.descriptor(), 0) == 0);
}

}  // namespace tuna
