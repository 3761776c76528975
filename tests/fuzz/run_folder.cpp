// The text files of a run's folder that the commands read again: files.txt, metrics.jsonl, log.txt and evaluation.json.
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/base/strict_json.h"
#include "tests/fuzz/target.h"
#include "training/evaluation/threshold_file.h"
#include "training/report/evaluation_rows.h"
#include "training/report/run_log.h"
#include "training/report/run_metrics.h"
#include "training/run/metrics_file.h"
#include "training/run/run_files.h"

void tuna::read_as_file(const std::string& bytes) {
  std::istringstream list(bytes);
  for (const std::string& name : read_file_list(list))
    must_hold(("/run" / std::filesystem::path(name)).lexically_normal().string().starts_with("/run/"),
              "the files of a run are in its folder");
  const std::string kept = metrics_until(bytes, "joint", 6);
  must_hold(metrics_until(kept, "joint", 6) == kept, "kept lines are kept again");
  read_log(bytes);
  read_metrics(bytes);
  const nlohmann::json json = json_or_discarded(bytes);
  if (json.is_object()) evaluation_rows(json, "file");
  if (json.is_object()) trivial_features_in(json, "file");
  threshold_in(bytes, "file", "F_P");
}
