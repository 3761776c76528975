// AdaBN (Li et al., 2016): F_P has the weights of F_A and the batch-norm statistics of target images.  Nothing is
// learned: each step moves the running statistics towards those of a batch.
#include "optim/finite_buffers.h"
#include "training/methods/adaptation_phase.h"

namespace tuna {
namespace {

struct Statistics {
  int64_t epochs = 10, steps_per_epoch = 0, batch = 32;

  template <class Fields>
  void fields(Fields& field) {
    field("epochs", epochs, "Passes over the target's training images.", closed(1, 100000));
    field("steps_per_epoch", steps_per_epoch, "Steps of an epoch; 0: as many as the larger domain needs.",
          closed(0, 100000000));
    field("batch", batch, "Images whose statistics are taken together.", closed(1, 4096));
  }
  bool operator==(const Statistics&) const = default;
};

struct AdaBnSpec {
  ClassifierOptions classifier;
  ClassifierTraining pretrain;
  Statistics train;

  template <class Fields>
  void fields(Fields& field) {
    field("classifier", classifier, "F_A (of source images) and F_P (of target images): ResNets.");
    field("pretrain", pretrain, "F_A, the classifier of the source, alone on the labelled source.");
    field("train", train, "The statistics of F_P.");
  }
  bool operator==(const AdaBnSpec&) const = default;

  AdaptationSpec shared() const {
    AdaptationSpec shared{classifier, pretrain, {}};
    shared.train.epochs = train.epochs;
    shared.train.steps_per_epoch = train.steps_per_epoch;
    shared.train.batch = train.batch;
    shared.train.augmentation = {};
    return shared;
  }
};

// F_A is declared to be in the result: it classifies source images.
void record_step(Program& program, const AdaBnSpec& own, const Task& task) {
  const Classifier F_A(program, "F_A", own.classifier, task), F_P(program, "F_P", own.classifier, task);
  const Tensor x_p = program.input("x_p", Shape{own.train.batch, task.size, task.size, task.channels});
  F_P(x_p, BatchNormMode::training);
  keep_buffers_unless_finite(program, {"F_P"}, {});
}

std::vector<Phase> phases(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<AdaBnSpec>();
  const auto step = [own, task = spec.task()](Program& program) { record_step(program, own, task); };
  std::vector<Phase> phases = adaptation_phases(own.shared(), {"F_A", "F_P"}, step, {}, spec, data);
  std::vector<Feed>& feeds = phases.back().feeds;
  feeds.erase(feeds.begin());  // no image of the source is read
  return phases;
}

const RegisterMethod ada_bn([](Method& method) {
  describe_adaptation<AdaBnSpec>(method, "ada_bn");
  method.phases = phases;
  method.evaluations = [](const Spec& spec) {
    return adaptation_rows(spec.of<AdaBnSpec>().shared(), "AdaBN", true, spec);
  };
});

}  // namespace
}  // namespace tuna
