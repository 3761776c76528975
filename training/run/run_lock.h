// One process at a time trains into the folder of a run.
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/check.h"

namespace tuna {

/// Thrown if another process trains a run.
struct RunIsOwned : Error {
  using Error::Error;
};

/// An open file or folder with a lock by flock(), if it could be locked.
class FileLock {
 public:
  /// Takes over an open descriptor; -1: locks nothing.
  explicit FileLock(int descriptor);
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) = delete;

  int descriptor() const { return descriptor_; }
  bool is_locked() const { return descriptor_ >= 0 && error_ == 0; }
  bool is_held_by_another() const;
  int error() const { return error_; }  ///< errno of flock()

 private:
  int descriptor_;
  int error_ = 0;
};

class RunLock {
 public:
  /// Locks the folder, which outlives a run.lock that is removed or replaced, and FOLDER/run.lock, which names the
  /// owner and serves where folders cannot be locked (NFS).  Throws RunIsOwned naming process and host of the owner if
  /// there is one.  The system releases both when the owner ends, however that happens.
  explicit RunLock(const std::filesystem::path& folder);
  ~RunLock();
  RunLock(RunLock&& other) = default;
  RunLock& operator=(RunLock&& other) = delete;

  /// If the file system has no locks, what to take care of instead; else empty.
  const std::string& warning() const { return warning_; }

 private:
  FileLock folder_, file_;
  std::string warning_;
};

}  // namespace tuna
