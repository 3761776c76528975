#include "training/run/run_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <iostream>
#include <limits>

#include "data/file.h"
#include "engine/base/atomic_file.h"
#include "engine/base/check.h"
#include "engine/base/utf8.h"
#include "training/run/metrics_file.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

/// Throws Error if there is a file that no run has written.
void check_own(const RunFiles& own, const fs::path& file) {
  check(!fs::exists(file) || own.has(file), "{}: exists already, and is not overwritten; give another --out",
        file.string());
}

/// A run.lock holds nothing, or what RunLock has written.  It is older than the list of the run's files.
void check_own_lock(const fs::path& file) {
  if (!fs::exists(file)) return;
  constexpr uintmax_t kLargest = 1 << 10;
  const std::string owner = read_file(file, kLargest);
  check(owner.empty() || owner.starts_with("process "),
        "{}: exists already, and is not the lock of a run; give another --out", file.string());
}

std::ofstream open_to_append(RunFiles& files, const fs::path& path) {
  files.add(path);
  check(!fs::exists(path) || !fs::is_fifo(path), "{}: is a pipe, expected a file", path.string());
  errno = 0;
  std::ofstream file(path, std::ios::app);
  check(bool(file), "{}: cannot be written: {}", path.string(), std::strerror(errno));
  return file;
}

}  // namespace

RunFolder::RunFolder(fs::path path, RunLock lock)
    : path_(std::move(path)),
      lock_(std::move(lock)),
      files_(path_),
      log_(open_to_append(files_, path_ / "log.txt")),
      metrics_(open_to_append(files_, path_ / "metrics.jsonl")) {
  files_.remove_temporary_files();
  if (!lock_.warning().empty()) warn(lock_.warning());
}

RunFolder RunFolder::create(const fs::path& path, const std::vector<std::string>& results) {
  check(!fs::exists(path) || fs::is_directory(path), "{}: is not a folder", path.string());
  make_folder(path);
  const RunFiles own(path);
  for (const char* name : {"files.txt", "log.txt", "metrics.jsonl"}) check_own(own, path / name);
  check_own_lock(path / "run.lock");
  RunLock lock(path);
  if (fs::exists(path / "spec.json"))
    throw RunExists(path.string() + ": already holds a run; --resume continues it, another --out starts anew");
  check(!fs::exists(path / "comparison.json"), "{}: holds a comparison; give another --out", path.string());
  // An interrupted start leaves a log, empty folders and perhaps these two files, which a new one replaces; other files
  // are never overwritten.
  for (const char* name : {"tuning.json", "splits.csv"}) check_own(own, path / name);
  std::vector<std::string> files = {"evaluation.json", "predictions.csv", "report.html", "profile.txt", "trace.json"};
  files.insert(files.end(), results.begin(), results.end());
  for (const std::string& name : files)
    check(!fs::exists(path / name), "{}: exists already, and is not overwritten; give another --out",
          (path / name).string());
  for (const char* name : {"images", "checkpoints", "tensorboard"})
    check(!fs::exists(path / name) || (fs::is_directory(path / name) && fs::is_empty(path / name)),
          "{}: exists already, and is not empty; give another --out", (path / name).string());
  for (const char* name : {"images", "checkpoints"}) make_folder(path / name);
  return RunFolder(path, std::move(lock));
}

RunFolder RunFolder::open(const fs::path& path) {
  check(fs::exists(path / "spec.json"), "{}: holds no run (no spec.json)", path.string());
  RunLock lock(path);
  for (const char* name : {"images", "checkpoints"}) make_folder(path / name);
  return RunFolder(path, std::move(lock));
}

void RunFolder::write(const std::string& name, const std::string& text) {
  files_.add(path_ / name);
  write_file_atomically(path_ / name, text);
}

void RunFolder::log(const std::string& line) {
  char time[32];
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  std::strftime(time, sizeof time, "%F %T", &parts);
  std::cerr << line << std::endl;
  errno = 0;
  log_ << time << "  " << line << std::endl;
  if (log_) return;
  // The line is on stderr, and the run is worth more than its log.
  std::cerr << "warning: " << (path_ / "log.txt").string() << ": cannot be written: " << std::strerror(errno)
            << std::endl;
  log_.clear();
}

void RunFolder::warn(const std::string& warning) { log("warning: " + one_line(warning)); }

void RunFolder::metrics(const nlohmann::json& line) {
  errno = 0;
  metrics_ << line.dump() << std::endl;
  ++metrics_lines_;
  check(bool(metrics_), "{}: cannot be written: {}", (path_ / "metrics.jsonl").string(), std::strerror(errno));
}

void RunFolder::sync_lines() {
  for (const char* name : {"metrics.jsonl", "log.txt"}) sync_to_disk(path_ / name);
}

void RunFolder::forget_metrics_after(const std::string& phase, int64_t step) {
  const fs::path path = path_ / "metrics.jsonl";
  const std::string all = read_file(path, std::numeric_limits<uintmax_t>::max());
  const std::string kept = metrics_until(all, phase, step);
  metrics_lines_ = std::count(kept.begin(), kept.end(), '\n');
  if (kept == all) return;
  metrics_.close();
  write_file_atomically(path, kept);
  metrics_ = open_to_append(files_, path);
}

std::string how_to_continue(const fs::path& run) {
  return fmt::format(
      "to continue: tuna train --resume --out {0}; to use it as it is: tuna evaluate {0} --checkpoint latest (also "
      "predict and translate, with the networks that it has)",
      run.string());
}

}  // namespace tuna
