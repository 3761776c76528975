#include "training/report/run_record.h"

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <tuple>
#include <utility>

#include "data/csv.h"
#include "data/file.h"
#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "engine/base/strict_json.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

constexpr uintmax_t kLargestJson = 64 << 20, kLargestLines = 4ull << 30;

std::string read_if_there(const fs::path& file, uintmax_t limit) {
  return fs::exists(file) ? read_file(file, limit) : "";
}

// Every run has these files from its first step on.
std::vector<std::string> missing_files(const fs::path& folder) {
  std::vector<std::string> missing;
  for (const char* name : {"metrics.jsonl", "log.txt", "splits.csv"})
    if (!fs::exists(folder / name))
      missing.push_back(fmt::format("{}: no such file; the page lacks what it held", (folder / name).string()));
  return missing;
}

size_t order_of_split(const std::string& split) {
  static const std::vector<std::string> order = {"train", "validation", "test"};
  return size_t(std::find(order.begin(), order.end(), split) - order.begin());
}

std::vector<ImageCount> count_images(const fs::path& splits) {
  if (!fs::exists(splits)) return {};
  const Csv csv = read_csv(splits);
  const auto column = [&](const char* name) {
    const int64_t at = csv.column(name);
    check(at >= 0, "{}: no column {}", csv.file, name);
    return size_t(at);
  };
  const size_t domain = column("domain"), split = column("split"), label = column("label"), patient = column("patient");
  std::map<std::tuple<std::string, size_t, std::string, std::string>, std::pair<int64_t, std::set<std::string>>> counts;
  for (const CsvRow& row : csv.rows) {
    const std::string& name = row.fields.at(split);
    auto& [images, patients] = counts[{row.fields.at(domain), order_of_split(name), name, row.fields.at(label)}];
    ++images;
    patients.insert(row.fields.at(patient));
  }
  std::vector<ImageCount> list;
  for (const auto& [key, count] : counts)
    list.push_back({std::get<0>(key), std::get<2>(key), std::get<3>(key), count.first, int64_t(count.second.size())});
  return list;
}

}  // namespace

// Steps have leading zeros, so the last name of a kind is the newest.
std::vector<RunPicture> newest_pictures(const fs::path& run) {
  const fs::path folder = run / "images";
  static const std::regex name("(.+)-([0-9]{1,18})\\.png");
  std::map<std::string, RunPicture> newest;
  if (!fs::is_directory(folder)) return {};
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::smatch match;
    const std::string file = entry.path().filename().string();
    if (!entry.is_regular_file() || !std::regex_match(file, match, name)) continue;
    const RunPicture picture{match[1], std::stoll(match[2]), entry.path()};
    RunPicture& kept = newest[picture.kind];
    if (kept.file.empty() || kept.step < picture.step) kept = picture;
  }
  std::vector<RunPicture> pictures;
  for (const auto& [kind, picture] : newest) pictures.push_back(picture);
  return pictures;
}

RunRecord read_run(const fs::path& folder) {
  check(fs::exists(folder / "spec.json"), "{}: holds no run (no spec.json)", folder.string());
  RunRecord run;
  run.folder = folder;
  run.spec = parse_json(read_file(folder / "spec.json", kLargestJson), (folder / "spec.json").string());
  const fs::path evaluation = folder / "evaluation.json";
  if (fs::exists(evaluation)) {
    run.evaluation = json_or_discarded(read_file(evaluation, kLargestJson));
    check(run.evaluation.is_object(), "{}: is not a JSON object, expected an evaluation.json of `tuna train`",
          evaluation.string());
  }
  run.problems = missing_files(folder);
  RunMetrics metrics = read_metrics(read_if_there(folder / "metrics.jsonl", kLargestLines));
  if (metrics.damaged_lines > 0)
    run.problems.push_back(fmt::format("{}: left out: {}", (folder / "metrics.jsonl").string(),
                                       counted(metrics.damaged_lines, "damaged line")));
  run.phases = std::move(metrics.phases);
  run.log = read_log(read_if_there(folder / "log.txt", kLargestLines));
  run.pictures = newest_pictures(folder);
  run.images = count_images(folder / "splits.csv");
  return run;
}

}  // namespace tuna
