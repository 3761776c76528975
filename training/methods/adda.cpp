// ADDA (Tzeng et al., CVPR 2017): a domain discriminator learns to classify F_A's features of source images and F_P's
// of target images, and the encoder of F_P, which starts as F_A's, learns to fool it.  The last layer stays F_A's.
#include "training/methods/adda_step.h"

namespace tuna {
namespace {

using AddaSpec = AdaptationSpec<AddaTraining>;

void record_step(Program& program, const AddaSpec& own, const Task& task) {
  const AdaptationInputs images(program, own.train.batch, task);
  const Classifier F_A(program, "F_A", own.classifier, task);
  record_adda_step(program, F_A(images.x_a, BatchNormMode::frozen).pooled, images.x_p, own.classifier, own.train, task);
}

std::vector<Phase> phases(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<AddaSpec>();
  const auto step = [own, task = spec.task()](Program& program) { record_step(program, own, task); };
  Phase adapt = adaptation_phase(own.classifier, own.train, {"F_A", "F_P", "D"}, step, spec, data);
  adapt.schedules = own.train.schedules();
  return after_pretraining(own, std::move(adapt), spec, data);
}

const RegisterMethod adda([](Method& method) {
  describe_adaptation<AddaSpec>(method, "adda");
  method.phases = phases;
  method.evaluations = [](const Spec& spec) {
    return adaptation_rows(spec.of<AddaSpec>().classifier, "ADDA", "F_A", spec);
  };
});

}  // namespace
}  // namespace tuna
