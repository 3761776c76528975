#include "training/compare/shared_phases.h"

#include <limits>

#include "data/file.h"
#include "training/compare/same_training.h"
#include "training/report/run_log.h"
#include "training/run/compute_device.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

// What every phase depends on and does not record itself.
bool same_environment(const Spec& a, const Spec& b) {
  DataSpec x = a.data, y = b.data;
  x.loader_threads = y.loader_threads = 0;
  x.cache_mb = y.cache_mb = 0;
  return x == y && a.seed == b.seed && a.precision == b.precision && a.conv == b.conv && a.device == b.device
         && a.classes == b.classes && a.class_weights == b.class_weights && a.positive == b.positive
         && a.domains == b.domains;
}

std::string text_of(const fs::path& file) { return read_file(file, std::numeric_limits<uintmax_t>::max()); }

// Whether a run is the one that the comparison names, on the same images, by the same build on the same device: files
// in the folder may be of another training.
bool is_comparable(const ComparedRun& other, const ComparedRun& run) {
  for (const char* file : {"spec.json", "splits.csv", "log.txt"})
    if (!fs::is_regular_file(other.folder / file)) return false;
  try {
    if (!settings_of_another_run(other).empty()) return false;
  } catch (const Error&) {  // damaged, which its own training reports
    return false;
  }
  const RunLog a = read_log(text_of(other.folder / "log.txt")), b = read_log(text_of(run.folder / "log.txt"));
  return a.build == b.build && a.device == b.device && a.processor == b.processor
         && text_of(other.folder / "splits.csv") == text_of(run.folder / "splits.csv");
}

// None if the method cannot be trained on these images, of which its own run gives the reason.
std::vector<Phase> phases_of(const Spec& spec, const RunData& data) {
  try {
    return method_of(spec).phases(spec, data);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

TrainedElsewhere phases_shared_with(const Comparison& comparison, const ComparedRun& run) {
  return [=](const std::vector<Phase>& phases, const Phase& phase) {
    const RunData data(run.spec);
    for (const Spec& spec : comparison.specs) {
      const ComparedRun other = comparison.run(spec, run.part);
      if (spec.name == run.spec.name || !same_environment(run.spec, other.spec) || !is_comparable(other, run)) continue;
      const std::vector<Phase> others = phases_of(other.spec, data);
      for (const Phase& theirs : others)
        if (fs::exists(other.folder / theirs.result)
            && train_the_same({phase, phases}, {theirs, others}, activation_type(run.spec.precision)))
          return other.folder / theirs.result;
    }
    return fs::path();
  };
}

}  // namespace tuna
