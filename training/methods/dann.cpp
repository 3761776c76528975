// DANN (Ganin et al., JMLR 2016): F_P learns to classify labelled source images with domain-invariant features.  A
// domain discriminator learns to classify its features as source or target, and gradient reversal makes F_P maximise
// its loss.
#include "kernels/geometry/concatenate.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/gradient_reversal.h"
#include "losses/classification.h"
#include "models/domain_discriminator.h"
#include "optim/finite_buffers.h"
#include "optim/minimise.h"
#include "training/methods/adaptation_phase.h"

namespace tuna {
namespace {

struct DannSpec : AdaptationSpec<> {
  DomainDiscriminatorOptions domain_discriminator{1024, 2};
  double lr_d = 1e-4, reversal = 1;

  template <class Fields>
  void fields(Fields& field) {
    AdaptationSpec::fields(field);
    field("domain_discriminator", domain_discriminator, "Classifies F_P's pooled features as source or target.");
    field("lr_d", lr_d, "Learning rate of the domain discriminator.", above(0, 1));
    field("reversal", reversal,
          "The paper's lambda, which scales the reversed gradient; constant, where the paper raises it from "
          "0.",
          closed(0, 1e6));
  }
  bool operator==(const DannSpec&) const = default;
};

void record_step(Program& program, const DannSpec& own, const Task& task) {
  const AdaptationTraining& training = own.train;
  const AdaptationInputs images(program, training.batch, task);
  const Classifier F_P(program, "F_P", own.classifier, task);
  const DomainDiscriminator D(program, "D", F_P.features(), own.domain_discriminator);
  AdamOptimizer optimizer_F(program, "optimizer_F", program.states("F_P.", Role::parameter), training.adam());
  AdamOptimizer optimizer_D(program, "optimizer_D", program.states("D.", Role::parameter), training.adam());

  const Classified both = F_P(concatenate({images.x_a, images.x_p}), training.bn);
  const std::vector<int64_t> halves = {training.batch, training.batch};
  const Tensor source = cross_entropy(split(both.logits, halves)[0], images.y_a, task.class_weights);
  const Tensors features = split(gradient_reversal(both.pooled, own.reversal), halves);
  const Tensor domain = domain_loss(domain_scores(D, features[0], features[1]));

  keep_buffers_unless_finite(program, {"F_P"}, minimise(source + domain, "objective", {&optimizer_F, &optimizer_D}));
  program.output("loss.source", source);
  program.output("loss.domain", domain);
}

std::vector<Phase> phases(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<DannSpec>();
  const auto step = [own, task = spec.task()](Program& program) { record_step(program, own, task); };
  Phase adapt = adaptation_phase(own.classifier, own.train, {"F_P", "D"}, step, spec, data);
  adapt.schedules = {own.train.schedule("optimizer_F", "lr_f", own.train.lr),
                     own.train.schedule("optimizer_D", "lr_d", own.lr_d)};
  return after_pretraining(own, std::move(adapt), spec, data);
}

const RegisterMethod dann([](Method& method) {
  describe_adaptation<DannSpec>(method, "dann");
  method.phases = phases;
  method.evaluations = [](const Spec& spec) {
    return adaptation_rows(spec.of<DannSpec>().classifier, "DANN", "F_P", spec);
  };
});

}  // namespace
}  // namespace tuna
