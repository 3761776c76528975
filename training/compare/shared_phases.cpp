#include "training/compare/shared_phases.h"

#include "training/compare/same_training.h"
#include "training/run/compute_device.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

// What every phase depends on and does not record itself.
bool same_environment(const Spec& a, const Spec& b) {
  DataSpec x = a.data, y = b.data;
  x.loader_threads = y.loader_threads = 0;
  x.cache_mb = y.cache_mb = 0;
  return x == y && a.seed == b.seed && a.precision == b.precision && a.device == b.device && a.classes == b.classes
         && a.class_weights == b.class_weights && a.positive == b.positive && a.domains == b.domains;
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
      if (spec.name == run.spec.name || !same_environment(run.spec, other.spec)) continue;
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
