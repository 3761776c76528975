// ADDA (Tzeng et al., CVPR 2017): a domain discriminator learns to classify F_A's features of source images and F_P's
// of target images, and the encoder of F_P, which starts as F_A's, learns to fool it.  The last layer stays F_A's. Each
// step updates the discriminator, then the encoder.
#include <algorithm>

#include "kernels/loss/bce_with_logits.h"
#include "models/domain_discriminator.h"
#include "optim/finite_buffers.h"
#include "optim/minimise.h"
#include "training/methods/adaptation_phase.h"

namespace tuna {
namespace {

struct AddaSpec : AdaptationSpec<> {
  DomainDiscriminatorOptions domain_discriminator;
  double lr_d = 1e-4;

  AddaSpec() {
    train.lr = 1e-5;
    train.betas = {0.5, 0.999};
    train.bn = BatchNormMode::frozen;
  }

  template <class Fields>
  void fields(Fields& field) {
    AdaptationSpec::fields(field);
    field("domain_discriminator", domain_discriminator,
          "Classifies pooled features as F_A's of source images or F_P's of target images.");
    field("lr_d", lr_d, "Learning rate of the domain discriminator.", above(0, 1));
  }
  bool operator==(const AddaSpec&) const = default;
};

// The parameters of F_P without its last layer.
Tensors encoder_of(Program& program) {
  Tensors parameters = program.states("F_P.", Role::parameter);
  const Tensors last = program.states("F_P.fc.", Role::parameter);
  const auto is_last = [&](Tensor parameter) {
    return std::any_of(last.begin(), last.end(), [&](Tensor other) { return other.id == parameter.id; });
  };
  parameters.erase(std::remove_if(parameters.begin(), parameters.end(), is_last), parameters.end());
  return parameters;
}

void record_step(Program& program, const AddaSpec& own, const Task& task) {
  const AdaptationTraining& training = own.train;
  const AdaptationInputs images(program, training.batch, task);
  const Classifier F_A(program, "F_A", own.classifier, task), F_P(program, "F_P", own.classifier, task);
  const DomainDiscriminator D(program, "D", F_P.features(), own.domain_discriminator);
  AdamOptimizer optimizer_D(program, "optimizer_D", program.states("D.", Role::parameter), training.adam());
  AdamOptimizer optimizer_F(program, "optimizer_F", encoder_of(program), training.adam());

  const Tensor source = stop_gradient(F_A(images.x_a, BatchNormMode::frozen).pooled);
  const Tensor target = F_P(images.x_p, training.bn).pooled;
  const Tensor loss_D = domain_loss(D, source, stop_gradient(target));
  minimise(loss_D, "loss.discriminator", {&optimizer_D});
  const FrozenParameters frozen(program);  // of the discriminator
  // Inverted labels: the encoder minimises the discriminator's loss for "source".
  const Tensor loss_F = bce_with_logits_to(D(target), 1);
  keep_buffers_unless_finite(program, {"F_P"}, minimise(loss_F, "loss.encoder", {&optimizer_F}));
  program.output("loss.discriminator", loss_D);
  program.output("loss.encoder", loss_F);
}

std::vector<Phase> phases(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<AddaSpec>();
  const auto step = [own, task = spec.task()](Program& program) { record_step(program, own, task); };
  Phase adapt = adaptation_phase(own.classifier, own.train, {"F_A", "F_P", "D"}, step, spec, data);
  adapt.schedules = {own.train.schedule("optimizer_F", "lr_f", own.train.lr),
                     own.train.schedule("optimizer_D", "lr_d", own.lr_d)};
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
