#include "training/compare/comparison.h"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "data/file.h"
#include "engine/base/atomic_file.h"
#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "engine/base/normal_path.h"
#include "engine/base/print_error.h"
#include "engine/base/strict_json.h"
#include "training/methods/method.h"
#include "training/run/run_lock.h"
#include "training/spec/run_data.h"
#include "training/spec/spec_differences.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

constexpr uintmax_t kLargestFile = 64 << 20;
constexpr int64_t kMost = 1000;  // folds, seeds
constexpr int64_t kLargestSeed = 9007199254740991;
constexpr const char* kFile = "comparison.json";

// Settings that do not change what is compared.
const std::vector<std::string> kWithoutInfluence = {
    "device", "log", "data.root", "data.loader_threads", "data.cache_mb", "evaluate.batch"};

// What runs have in common, so that they are measured on the same images.
const std::vector<std::string> kCommon = {
    "seed",      "domains",   "classes", "positive", "data.manifest", "data.folders", "data.patient_regex",
    "data.root", "data.split"};

std::vector<std::string> differences_at(const Spec& one, const Spec& other, const std::vector<std::string>& keys,
                                        bool are_these) {
  std::vector<std::string> found;
  for (const Difference& difference : differences(one, other)) {
    const bool is_at =
        std::any_of(keys.begin(), keys.end(), [&](const std::string& key) { return difference.is_at(key); });
    if (is_at == are_these) found.push_back(difference.text());
  }
  return found;
}

void check_specs(const Comparison& comparison) {
  check(!comparison.specs.empty(), "{}: holds no comparison, and no SPEC is given to begin one",
        comparison.folder.string());
  for (const Spec& spec : comparison.specs) {
    check(spec.seed <= kLargestSeed - (comparison.seeds - 1), "{}: {} from {} on, but the largest is {}", spec.name,
          counted(comparison.seeds, "seed"), spec.seed, kLargestSeed);
    check(spec.data.split.fold == 0, "{}: data.split.fold is {}; --folds holds out each fold in turn", spec.name,
          spec.data.split.fold);
    const auto different = differences_at(comparison.specs[0], spec, kCommon, true);
    check(different.empty(), "{} and {}: cannot be compared, as they differ in {}", comparison.specs[0].name, spec.name,
          fmt::join(different, ", "));
  }
}

void check_names(const std::vector<Spec>& specs) {
  std::set<std::string> names;
  for (const Spec& spec : specs)
    check(names.insert(spec.name).second, "{}: is the name of two specs; their `name` must differ", spec.name);
}

void add_spec(Comparison& comparison, const Spec& spec) {
  const auto same = std::find_if(comparison.specs.begin(), comparison.specs.end(),
                                 [&](const Spec& other) { return other.name == spec.name; });
  if (same == comparison.specs.end()) return comparison.specs.push_back(spec);
  const auto different = other_settings(*same, spec);
  check(different.empty(),
        "{}: \"{}\" differs from the spec of that name in this comparison: {}; give it another `name`, or choose "
        "another --out",
        comparison.folder.string(), spec.name, fmt::join(different, ", "));
}

std::string text_of(const Comparison& comparison) {
  nlohmann::ordered_json json = {{"folds", comparison.folds}, {"seeds", comparison.seeds}};
  for (const Spec& spec : comparison.specs) json["specs"].push_back(nlohmann::ordered_json::parse(to_json(spec)));
  return print_json(json);
}

// The images with the column fold, or with the splits that the first seed gives.
std::vector<Sample> images_of(const Comparison& comparison) {
  const Spec& spec = comparison.specs[0];
  return (comparison.folds > 0 ? RunData::in_folds(spec, comparison.folds) : RunData(spec)).samples();
}

void write_images(const Comparison& comparison, const std::vector<Sample>& images) {
  write_manifest(comparison.images(), images, data_root(comparison.specs[0].data));
}

// Throws Error if the images do not suffice for a run: now, not after hours of other runs.
void check_trainable(const Comparison& comparison, const std::vector<Sample>& images) {
  for (const ComparisonPart& part : comparison.parts()) {
    const RunData data = RunData::of(comparison.run(comparison.specs[0], part).spec, images);
    for (const Spec& spec : comparison.specs) {
      try {
        static_cast<void>(method_of(spec).phases(comparison.run(spec, part).spec, data));
      } catch (const Error& error) {
        fail("{}/{}: {}", spec.name, part.name(), error.what());
      }
    }
  }
}

// One process at a time begins a comparison or adds to it.
FileLock lock_of(const fs::path& folder) {
  using namespace std::chrono_literals;
  const auto begin = std::chrono::steady_clock::now();
  for (bool is_told = false;;) {
    FileLock lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock.is_held_by_another()) return lock;
    if (!is_told && std::chrono::steady_clock::now() > begin + 1s) {
      print_error("{}: waits for another process that holds this folder\n", folder.string());
      is_told = true;
    }
    std::this_thread::sleep_for(10ms);
  }
}

bool is_adaptation(const Spec& spec) {
  const std::vector<Evaluated> rows = method_of(spec).evaluations(spec);
  return std::any_of(rows.begin(), rows.end(), [](const Evaluated& row) { return row.as == EvaluatedAs::adapted; });
}

void remove_spec(Comparison& comparison, const std::string& name) {
  std::vector<std::string> names;
  for (const Spec& spec : comparison.specs) names.push_back(spec.name);
  const auto found = std::find(names.begin(), names.end(), name);
  check(found != names.end(), "--remove {}: the specs of this comparison are {}", name, fmt::join(names, ", "));
  check(names.size() > 1, "--remove {}: is the only spec of this comparison", name);
  comparison.specs.erase(comparison.specs.begin() + (found - names.begin()));
}

Comparison changed(Comparison comparison, const ComparisonRequest& request) {
  check(!request.folds || *request.folds == comparison.folds, "{}: its comparison has {}, not {}; choose another --out",
        comparison.folder.string(), counted(comparison.folds, "fold"), request.folds.value_or(0));
  for (const std::string& name : request.remove) remove_spec(comparison, name);
  for (const Spec& spec : request.specs) add_spec(comparison, spec);
  if (!request.data_root.empty())
    for (Spec& spec : comparison.specs) spec.data.root = normal_path(fs::absolute(request.data_root));
  comparison.seeds = std::max(comparison.seeds, request.seeds.value_or(1));
  check_specs(comparison);
  return comparison;
}

// Specs that another command would train must not become part of a comparison whose results are only collected.
void check_adds_nothing(const Comparison& before, const Comparison& now) {
  for (const Spec& spec : now.specs)
    check(std::any_of(before.specs.begin(), before.specs.end(),
                      [&](const Spec& other) { return other.name == spec.name; }),
          "{}: this comparison has no method {}; --report only collects what is there, without it the method is added",
          before.folder.string(), spec.name);
  check(now.seeds == before.seeds, "{}: this comparison has {}, not {}; --report only collects what is there",
        before.folder.string(), counted(before.seeds, "seed"), now.seeds);
}

Comparison continue_comparison(const fs::path& folder, const ComparisonRequest& request) {
  const FileLock lock = lock_of(folder);
  const Comparison before = read_comparison(folder), comparison = changed(before, request);
  if (request.only_collects) check_adds_nothing(before, comparison);
  const bool is_begun = fs::exists(comparison.images());  // a process that began it may have been killed before
  if (is_begun && text_of(comparison) == text_of(before)) return comparison;
  const std::vector<Sample> images =
      is_begun ? read_manifest(comparison.images(), "", data_root(comparison.specs[0].data)).samples
               : images_of(comparison);
  check_trainable(comparison, images);
  write_file_atomically(folder / kFile, text_of(comparison));
  if (!is_begun) write_images(comparison, images);
  return comparison;
}

}  // namespace

std::vector<std::string> other_settings(const Spec& before, const Spec& now) {
  return differences_at(before, now, kWithoutInfluence, false);
}

std::vector<std::string> settings_of_another_run(const ComparedRun& run) {
  std::vector<std::string> keys = kWithoutInfluence;
  keys.push_back("data.manifest");  // it moves with the folder; the run's splits.csv has its images
  return differences_at(read_spec_of_run(run.folder), run.spec, keys, false);
}

std::string ComparisonPart::name() const {
  return fold > 0 ? fmt::format("fold{}-seed{}", fold, seed) : fmt::format("seed{}", seed);
}

std::vector<ComparisonPart> Comparison::parts() const {
  std::vector<ComparisonPart> all;
  for (int64_t seed = 0; seed < seeds; ++seed)
    for (int64_t fold = std::min<int64_t>(folds, 1); fold <= folds; ++fold)
      all.push_back({fold, specs.at(0).seed + seed});
  return all;
}

ComparedRun Comparison::run(const Spec& spec, const ComparisonPart& part) const {
  ComparedRun run{part, spec, folder / "runs" / spec.name / part.name()};
  run.spec.seed = part.seed;
  run.spec.data.root = normal_path(fs::absolute(data_root(spec.data)));
  run.spec.data.manifest = normal_path(fs::absolute(images()));
  run.spec.data.folders.clear();
  run.spec.data.patient_regex.clear();
  run.spec.data.split.folds = 0;
  run.spec.data.split.fold = part.fold;
  return run;
}

std::vector<ComparedRun> Comparison::runs() const {
  std::vector<ComparedRun> all;
  for (const ComparisonPart& part : parts())
    for (const bool adapts : {false, true})
      for (const Spec& spec : specs)
        if (is_adaptation(spec) == adapts) all.push_back(run(spec, part));
  return all;
}

ComparedRun Comparison::find_run(const std::string& name) const {
  const std::vector<ComparedRun> all = runs();
  for (const ComparedRun& run : all)
    if (run.name() == name) return run;
  fail("{}: no run of this comparison is called {}; the first is {}, the last {}", folder.string(), name,
       all.front().name(), all.back().name());
}

Comparison begin_comparison(const fs::path& folder, const ComparisonRequest& request) {
  check_names(request.specs);
  if (fs::exists(folder / kFile)) return continue_comparison(folder, request);
  check(!request.only_collects, "{}: holds no comparison (no {}), whose results --report would collect",
        folder.string(), kFile);
  const Comparison wanted = changed({folder, {}, request.folds.value_or(0), request.seeds.value_or(1)}, request);
  const std::vector<Sample> images = images_of(wanted);
  check_trainable(wanted, images);
  make_folder(folder);
  std::optional<FileLock> lock(lock_of(folder));
  if (fs::exists(folder / kFile)) {  // another process has begun it meanwhile
    lock.reset();
    return continue_comparison(folder, request);
  }
  check(fs::is_empty(folder), "{}: holds other files than a comparison; choose another --out", folder.string());
  write_file_atomically(folder / kFile, text_of(wanted));
  write_images(wanted, images);
  return wanted;
}

Comparison read_comparison(const fs::path& folder) {
  const fs::path file = folder / kFile;
  check(fs::exists(file), "{}: holds no comparison (no {})", folder.string(), kFile);
  const nlohmann::ordered_json json = parse_json(read_file(file, kLargestFile), file.string());
  try {
    for (const char* key : {"folds", "seeds"})
      check(json.at(key).is_number_integer(), "{}: {}: expected an integer", file.string(), key);
    Comparison comparison{folder, {}, json.at("folds").get<int64_t>(), json.at("seeds").get<int64_t>()};
    check(comparison.folds >= 0 && comparison.folds <= kMost && comparison.seeds >= 1 && comparison.seeds <= kMost,
          "{}: {} and {}, expected at most {}", file.string(), counted(comparison.folds, "fold"),
          counted(comparison.seeds, "seed"), kMost);
    for (const auto& spec : json.at("specs")) comparison.specs.push_back(parse_spec(spec.dump(), file.string()));
    check_specs(comparison);
    return comparison;
  } catch (const nlohmann::json::exception&) {
    fail("{}: is not as `tuna compare` writes it", file.string());
  }
}

}  // namespace tuna
