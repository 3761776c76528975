// The folder of a run: run.lock, files.txt, spec.json, tuning.json, splits.csv, metrics.jsonl, log.txt, images/,
// tensorboard/, checkpoints/, the networks that each phase ended with, predictions.csv, evaluation.json, report.html.
#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "training/run/run_files.h"
#include "training/run/run_lock.h"

namespace tuna {

/// Thrown if a folder is to hold a new run and has one.
struct RunExists : Error {
  using Error::Error;
};

class RunFolder {
 public:
  /// Makes the folder and locks it.  Throws RunIsOwned if another process trains into it, RunExists if it already holds
  /// a run, Error if it has files that a run would overwrite, of which `results` are those of its phases, or cannot be
  /// written.  A start that was interrupted before there was a spec.json may be repeated.
  static RunFolder create(const std::filesystem::path& path, const std::vector<std::string>& results);

  /// Locks the folder.  Throws Error unless it holds a run, RunIsOwned if another process trains it.
  static RunFolder open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path spec() const { return path_ / "spec.json"; }
  std::filesystem::path tuning() const { return path_ / "tuning.json"; }  // only with `--tuning`
  std::filesystem::path splits() const { return path_ / "splits.csv"; }
  std::filesystem::path evaluation() const { return path_ / "evaluation.json"; }
  std::filesystem::path report() const { return path_ / "report.html"; }
  std::filesystem::path images() const { return path_ / "images"; }
  std::filesystem::path checkpoints() const { return path_ / "checkpoints"; }

  RunFiles& files() { return files_; }

  /// Replaces a text file of the folder atomically.
  void write(const std::string& name, const std::string& text);

  /// Writes a line to stderr, and to log.txt with the time.
  void log(const std::string& line);

  /// Logs "warning: ..." as one line, whatever names from files it has.
  void warn(const std::string& warning);

  /// Writes a line to metrics.jsonl, and flushes it.
  void metrics(const nlohmann::json& line);

  /// Makes all lines so far outlive a power cut: before a checkpoint that continues after them is written.
  void sync_lines();

  /// Drops the lines of metrics.jsonl on a phase's steps after this one, which a resumed run repeats.
  void forget_metrics_after(const std::string& phase, int64_t step);

  /// Lines of metrics.jsonl since forget_metrics_after(), with those that it kept.
  int64_t metrics_lines() const { return metrics_lines_; }

 private:
  RunFolder(std::filesystem::path path, RunLock lock);

  std::filesystem::path path_;
  RunLock lock_;
  RunFiles files_;
  std::ofstream log_, metrics_;
  int64_t metrics_lines_ = 0;
};

/// For messages about a run that is not finished: how to continue it, and how to use it as it is.
std::string how_to_continue(const std::filesystem::path& run);

}  // namespace tuna
