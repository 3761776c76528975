// AdaBN (Li et al., 2016): F_P has the weights of F_A and the batch-norm statistics of target images.  Nothing is
// learned: each step moves the running statistics towards those of a batch.
#include "optim/finite_buffers.h"
#include "training/methods/adaptation_phase.h"

namespace tuna {
namespace {

struct AdaBnSpec : AdaptationSpec<AdaptationImages> {
  AdaBnSpec() {
    train.epochs = 10;
    train.augmentation = {};
  }
  bool operator==(const AdaBnSpec&) const = default;
};

// F_A is declared so that the result contains it: evaluation classifies source images with it.
void record_step(Program& program, const AdaBnSpec& own, const Task& task) {
  const Classifier F_A(program, "F_A", own.classifier, task), F_P(program, "F_P", own.classifier, task);
  const Tensor x_p = program.input("x_p", Shape{own.train.batch, task.size, task.size, task.channels});
  F_P(x_p, BatchNormMode::training);
  keep_buffers_unless_finite(program, {"F_P"}, {});
}

std::vector<Phase> phases(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<AdaBnSpec>();
  const auto step = [own, task = spec.task()](Program& program) { record_step(program, own, task); };
  Phase adapt = adaptation_phase(own.classifier, own.train, {"F_A", "F_P"}, step, spec, data);
  adapt.feeds.erase(adapt.feeds.begin());  // no image of the source is read
  return after_pretraining(own, std::move(adapt), spec, data);
}

const RegisterMethod ada_bn([](Method& method) {
  describe_adaptation<AdaBnSpec>(method, "ada_bn");
  method.phases = phases;
  method.evaluations = [](const Spec& spec) {
    return adaptation_rows(spec.of<AdaBnSpec>().classifier, "AdaBN", "F_A", spec);
  };
});

}  // namespace
}  // namespace tuna
