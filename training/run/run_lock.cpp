#include "training/run/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/base/check.h"

namespace tuna {
namespace {

std::string this_process() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return fmt::format("process {} on {}", getpid(), host[0] == '\0' ? "an unknown host" : host.data());
}

// What the owner wrote when it locked the file.
std::string owner_of(int file) {
  std::array<char, 512> text{};
  const ssize_t bytes = pread(file, text.data(), text.size() - 1, 0);
  return bytes > 0 ? text.data() : "another process";
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& folder) {
  const std::string path = (folder / "run.lock").string();
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) {
    const std::string reason = std::strerror(errno);
    fail("{}: cannot be opened: {}", path, reason);
  }
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      const std::string owner = owner_of(file_);
      ::close(std::exchange(file_, -1));
      fail("{}: {} is training this run; wait for it, or stop it with Ctrl-C, which saves", folder.string(), owner);
    }
    warning_ = fmt::format("{}: this file system has no locks ({}): take care that no other process trains this run",
                           path, std::strerror(errno));
  }
  const std::string owner = this_process();
  const bool written = ::ftruncate(file_, 0) == 0 && ::pwrite(file_, owner.data(), owner.size(), 0) > 0;
  static_cast<void>(written);  // it is for messages only
}

RunLock::~RunLock() {
  if (file_ < 0) return;
  static_cast<void>(::ftruncate(file_, 0) == 0);
  ::close(file_);
}

RunLock::RunLock(RunLock&& other) noexcept
    : file_(std::exchange(other.file_, -1)), warning_(std::move(other.warning_)) {}

}  // namespace tuna
