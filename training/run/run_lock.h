// One process at a time trains into the folder of a run.
#pragma once

#include <filesystem>
#include <string>

namespace tuna {

class RunLock {
 public:
  /// Locks FOLDER/run.lock.  Throws Error naming process and host of the owner if there is one.  The system releases
  /// the lock when its owner ends, however that happens.
  explicit RunLock(const std::filesystem::path& folder);
  ~RunLock();
  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&& other) = delete;

  /// If the file system has no locks, what to take care of instead; else empty.
  const std::string& warning() const { return warning_; }

 private:
  int file_ = -1;
  std::string warning_;
};

}  // namespace tuna
