// DANN (Ganin et al., JMLR 2016): F_P learns to classify labelled source images with domain-invariant features.  A
// domain discriminator learns to classify its features as source or target, and gradient reversal makes F_P maximise
// its loss.
#include <algorithm>
#include <cmath>

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
  bool reversal_ramp = true;

  template <class Fields>
  void fields(Fields& field) {
    AdaptationSpec::fields(field);
    field("domain_discriminator", domain_discriminator, "Classifies F_P's pooled features as source or target.");
    field("lr_d", lr_d, "Learning rate of the domain discriminator.", above(0, 1));
    field("reversal", reversal,
          "The paper's lambda, which scales the reversed gradient; with reversal_ramp the value that it rises to.",
          closed(0, 1e6));
    field("reversal_ramp", reversal_ramp,
          "Whether lambda rises from 0, as in the paper: it is reversal times 2 / (1 + exp(-10 p)) - 1, where p goes "
          "from 0 to 1 over the phase. Otherwise it is constant.");
  }
  bool operator==(const DannSpec&) const = default;
};

// The paper's lambda at a fraction of the training, from 0 to 1.
double ramp(double progress) { return 2 / (1 + std::exp(-10 * progress)) - 1; }

/// The input "reversal", in a phase of so many steps.
StepInput reversal_of(const DannSpec& own, int64_t steps) {
  return {"reversal", "optimizer_F", [steps, largest = own.reversal, rises = own.reversal_ramp](int64_t updates) {
            const double progress = std::min(1.0, double(updates) / double(std::max<int64_t>(1, steps)));
            return std::vector<float>{float(rises ? largest * ramp(progress) : largest)};
          }};
}

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
  const Tensor reversal = program.input("reversal", {1, 1, 1, 1});
  const Tensors features = split(gradient_reversal(both.pooled, reversal), halves);
  const Tensor domain = domain_loss(domain_scores(D, features[0], features[1]));

  keep_buffers_unless_finite(program, {"F_P"}, minimise(source + domain, "objective", {&optimizer_F, &optimizer_D}));
  program.output("loss.source", source);
  program.output("loss.domain", domain);
  program.output("reversal", reversal);
}

std::vector<Phase> phases(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<DannSpec>();
  const auto step = [own, task = spec.task()](Program& program) { record_step(program, own, task); };
  Phase adapt = adaptation_phase(own.classifier, own.train, {"F_P", "D"}, step, spec, data);
  adapt.schedules = {own.train.schedule("optimizer_F", "lr_f", own.train.lr),
                     own.train.schedule("optimizer_D", "lr_d", own.lr_d)};
  adapt.inputs = {reversal_of(own, adapt.steps())};
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
