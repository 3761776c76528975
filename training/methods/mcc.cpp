// MCC (Jin et al., ECCV 2020): F_P learns to classify labelled source images, and minimises class confusion on target
// images.
#include "kernels/geometry/concatenate.h"
#include "kernels/pointwise/add.h"
#include "losses/class_confusion.h"
#include "losses/classification.h"
#include "optim/finite_buffers.h"
#include "optim/loss_scale.h"
#include "training/methods/adaptation_phase.h"

namespace tuna {
namespace {

struct MccSpec {
  AdaptationSpec shared;
  double weight = 1, temperature = 2.5;

  template <class Fields>
  void fields(Fields& field) {
    shared.fields(field);
    field("weight", weight, "Weight of the class confusion.", closed(0, 1e6));
    field("temperature", temperature, "Divides the logits before their softmax.", above(0, 1e6));
  }
  bool operator==(const MccSpec&) const = default;
};

void record_step(Program& program, const MccSpec& own, const Task& task) {
  const AdaptationTraining& training = own.shared.train;
  const AdaptationImages images(program, training, task);
  const Classifier F_P(program, "F_P", own.shared.classifier, task);
  AdamOptimizer optimizer(program, "optimizer_F", program.states("F_P.", Role::parameter), training.adam());

  const Classified both = F_P(concatenate({images.x_a, images.x_p}), training.bn);
  const Tensors logits = split(both.logits, {training.batch, training.batch});
  const Tensor source = cross_entropy(logits[0], images.y_a, task.class_weights);
  const Tensor confusion = class_confusion_loss(logits[1], own.temperature);
  const Tensor objective = source + own.weight * confusion;

  LossScale scale(program, "objective");
  const Tensors gradient = scale.gradients(objective, optimizer.latest_parameters());
  const Tensor finite = optimizer.step(gradient, objective, scale.value());
  scale.update({finite});
  keep_buffers_unless_finite(program, {"F_P"}, {finite});
  program.output("loss.source", source);
  program.output("loss.confusion", confusion);
}

std::vector<Phase> phases(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<MccSpec>();
  const AdaptationTraining& training = own.shared.train;
  return adaptation_phases(
      own.shared, {"F_P"}, [own, task = spec.task()](Program& program) { record_step(program, own, task); },
      {adaptation_schedule(training, "optimizer_F", "lr_f", training.lr)}, spec, data);
}

const RegisterMethod mcc([](Method& method) {
  describe_adaptation<MccSpec>(method, "mcc");
  method.phases = phases;
  method.evaluations = [](const Spec& spec) { return adaptation_rows(spec.of<MccSpec>().shared, "MCC", false, spec); };
});

}  // namespace
}  // namespace tuna
