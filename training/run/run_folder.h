// The folder of a run: spec.json, tuning.json, splits.csv, metrics.jsonl, log.txt, images/, checkpoints/,
// the networks that each phase ended with, evaluation.json.
#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tuna {

class RunFolder {
 public:
  /// Makes the folder.  Throws Error if it already holds a run or files that a run would overwrite, of which `results`
  /// are those of its phases, or cannot be written.
  static RunFolder create(const std::filesystem::path& path, const std::vector<std::string>& results);

  /// Throws Error if there is no run.
  static RunFolder open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path spec() const { return path_ / "spec.json"; }
  std::filesystem::path tuning() const { return path_ / "tuning.json"; }  // only with `--tuning`
  std::filesystem::path splits() const { return path_ / "splits.csv"; }
  std::filesystem::path evaluation() const { return path_ / "evaluation.json"; }
  std::filesystem::path images() const { return path_ / "images"; }
  std::filesystem::path checkpoints() const { return path_ / "checkpoints"; }

  /// Writes a line to log.txt, with the time, and to stderr.
  void log(const std::string& line);

  /// Writes a line to metrics.jsonl, and flushes it.
  void metrics(const nlohmann::json& line);

  /// Drops the lines of metrics.jsonl on a phase's steps after this one, which a resumed run repeats.
  void forget_metrics_after(const std::string& phase, int64_t step);

 private:
  explicit RunFolder(std::filesystem::path path);

  std::filesystem::path path_;
  std::ofstream log_, metrics_;
};

/// For messages about a run that is not finished: how to continue it, and how to use it as it is.
std::string how_to_continue(const std::filesystem::path& run);

}  // namespace tuna
