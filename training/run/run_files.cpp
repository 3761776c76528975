#include "training/run/run_files.h"

#include <algorithm>
#include <sstream>

#include "data/file.h"
#include "engine/base/atomic_file.h"
#include "engine/base/check.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

constexpr const char* kList = "files.txt";
constexpr uintmax_t kLargestList = 1 << 30;

// "weights.safetensors" of "weights.safetensors.tmp.1234"; empty for other names.
std::string without_temporary_ending(const std::string& name) {
  const std::string ending = ".tmp.";
  const size_t at = name.rfind(ending);
  if (at == name.npos || at + ending.size() == name.size()) return "";
  const bool is_process = std::all_of(name.begin() + int64_t(at + ending.size()), name.end(),
                                      [](unsigned char letter) { return letter >= '0' && letter <= '9'; });
  return is_process ? name.substr(0, at) : "";
}

void remove_file(const fs::path& file) {
  std::error_code error;
  fs::remove(file, error);
  check(!error, "{}: cannot be removed: {}", file.string(), error.message());
}

/// Whether a name stays in the folder that it starts from.
bool stays_inside(const fs::path& name) {
  const fs::path normal = name.lexically_normal();
  return !normal.empty() && normal.is_relative() && *normal.begin() != "..";
}

}  // namespace

std::set<std::string> read_file_list(std::istream& list) {
  std::set<std::string> names;
  for (std::string name; std::getline(list, name);)
    if (stays_inside(name)) names.insert(name);
  return names;
}

RunFiles::RunFiles(fs::path folder) : folder_(std::move(folder)) {
  if (fs::exists(folder_ / kList)) {
    std::istringstream list(read_file(folder_ / kList, kLargestList));
    names_ = read_file_list(list);
  }
}

std::string RunFiles::name_of(const fs::path& file) const { return file.lexically_relative(folder_).generic_string(); }

void RunFiles::add(const fs::path& file) {
  if (has(file)) return;
  check(!fs::exists(fs::symlink_status(file)),
        "{}: exists already, and is not a file of this run; move it to another folder", file.string());
  names_.insert({name_of(file), kList});
  std::string list;
  for (const std::string& name : names_) list += name + "\n";
  write_file_atomically(folder_ / kList, list);
}

bool RunFiles::has(const fs::path& file) const { return names_.count(name_of(file)) > 0; }

void RunFiles::remove(const fs::path& file) const {
  if (has(file)) remove_file(file);
}

void RunFiles::remove_temporary_files() const {
  std::set<fs::path> folders;
  for (const std::string& name : names_) folders.insert((folder_ / name).parent_path());
  for (const fs::path& folder : folders) {
    if (!fs::is_directory(folder)) continue;
    std::set<fs::path> left;
    for (const auto& entry : fs::directory_iterator(folder))
      if (const std::string name = without_temporary_ending(entry.path().filename().string());
          !name.empty() && has(folder / name) && entry.is_regular_file())
        left.insert(entry.path());
    for (const fs::path& file : left) remove_file(file);
  }
}

}  // namespace tuna
