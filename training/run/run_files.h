// The files that a run has written: it replaces and removes these, and no others.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <set>
#include <string>

namespace tuna {

/// The lines of a files.txt, each a path in its folder.  Those that lead out of it are left out: the run did not write
/// such files.
std::set<std::string> read_file_list(std::istream& list);

class RunFiles {
 public:
  /// Reads FOLDER/files.txt: a path in the folder per line, that file among them.  Throws Error if it is there and
  /// cannot be read: no file would be known as one of the run's.
  explicit RunFiles(std::filesystem::path folder);

  /// To be called before a file of the folder is written for the first time.
  void add(const std::filesystem::path& file);

  bool has(const std::filesystem::path& file) const;

  /// Removes a file if the run has written it.
  void remove(const std::filesystem::path& file) const;

  /// Removes what a killed process was writing: the temporary files (engine/base/atomic_file.h) of listed files.
  void remove_temporary_files() const;

 private:
  std::string name_of(const std::filesystem::path& file) const;

  std::filesystem::path folder_;
  std::set<std::string> names_;
};

}  // namespace tuna
