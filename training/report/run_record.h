// The contents of a run's folder that its page shows.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "training/report/run_log.h"
#include "training/report/run_metrics.h"

namespace tuna {

/// A picture of the kind that was written last.
struct RunPicture {
  std::string kind;  // its name without the step: "step" of step-00000100.png
  int64_t step = 0;
  std::filesystem::path file;
};

/// Images of a domain in a split, by class.
struct ImageCount {
  std::string domain, split, label;
  int64_t images = 0, patients = 0;
};

struct RunRecord {
  std::filesystem::path folder;
  nlohmann::ordered_json spec;
  nlohmann::json evaluation;  // null if the run is not finished
  std::vector<PhaseMetrics> phases;
  std::vector<RunPicture> pictures;
  std::vector<ImageCount> images;
  RunLog log;
  std::vector<std::string> problems;  // files of every run that are missing, lines that cannot be read
};

/// The text at a key of an object, or that of its number or list; empty if there is none.
template <class Json>
std::string text_at(const Json& object, const char* key) {
  if (!object.is_object() || !object.contains(key)) return "";
  return object[key].is_string() ? object[key].template get<std::string>() : object[key].dump();
}

/// The last pictures in images/ of a run's folder, by kind.
std::vector<RunPicture> newest_pictures(const std::filesystem::path& run);

/// Reads spec.json and what else there is of evaluation.json, metrics.jsonl, splits.csv, log.txt and images/, also of a
/// run that is being trained.  Throws Error if there is no spec.json, or if a file cannot be read.
RunRecord read_run(const std::filesystem::path& folder);

}  // namespace tuna
