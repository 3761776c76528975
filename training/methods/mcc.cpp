// MCC (Jin et al., ECCV 2020): F_P learns to classify labelled source images, and minimises class confusion on target
// images.
#include "kernels/geometry/concatenate.h"
#include "kernels/pointwise/add.h"
#include "losses/class_confusion.h"
#include "losses/classification.h"
#include "optim/finite_buffers.h"
#include "optim/minimise.h"
#include "training/methods/adaptation_phase.h"

namespace tuna {
namespace {

struct MccSpec : AdaptationSpec<> {
  double weight = 1, temperature = 2.5;

  template <class Fields>
  void fields(Fields& field) {
    AdaptationSpec::fields(field);
    field("weight", weight, "Weight of the class confusion.", closed(0, 1e6));
    field("temperature", temperature, "Divides the logits before their softmax.", above(0, 1e6));
  }
  bool operator==(const MccSpec&) const = default;
};

void record_step(Program& program, const MccSpec& own, const Task& task) {
  const AdaptationTraining& training = own.train;
  const AdaptationInputs images(program, training.batch, task);
  const Classifier F_P(program, "F_P", own.classifier, task);
  AdamOptimizer optimizer(program, "optimizer_F", program.states("F_P.", Role::parameter), training.adam());

  const Classified both = F_P(concatenate({images.x_a, images.x_p}), training.bn);
  const Tensors logits = split(both.logits, {training.batch, training.batch});
  const Tensor source = cross_entropy(logits[0], images.y_a, task.class_weights);
  const Tensor confusion = class_confusion_loss(logits[1], own.temperature);
  const Tensor objective = source + own.weight * confusion;

  keep_buffers_unless_finite(program, {"F_P"}, minimise(objective, "objective", {&optimizer}));
  program.output("loss.source", source);
  program.output("loss.confusion", confusion);
}

std::vector<Phase> phases(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<MccSpec>();
  const auto step = [own, task = spec.task()](Program& program) { record_step(program, own, task); };
  Phase adapt = adaptation_phase(own.classifier, own.train, {"F_P"}, step, spec, data);
  adapt.schedules = {own.train.schedule("optimizer_F", "lr_f", own.train.lr)};
  return after_pretraining(own, std::move(adapt), spec, data);
}

const RegisterMethod mcc([](Method& method) {
  describe_adaptation<MccSpec>(method, "mcc");
  method.phases = phases;
  method.evaluations = [](const Spec& spec) {
    return adaptation_rows(spec.of<MccSpec>().classifier, "MCC", "F_P", spec);
  };
});

}  // namespace
}  // namespace tuna
