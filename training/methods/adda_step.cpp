#include "training/methods/adda_step.h"

#include <algorithm>

#include "kernels/loss/bce_with_logits.h"
#include "optim/finite_buffers.h"
#include "optim/minimise.h"

namespace tuna {
namespace {

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

}  // namespace

void record_adda_step(Program& program, Tensor source, Tensor x_p, const ClassifierOptions& classifier,
                      const AddaTraining& training, const Task& task) {
  const Classifier F_P(program, "F_P", classifier, task);
  const DomainDiscriminator D(program, "D", F_P.features(), training.domain_discriminator);
  AdamOptimizer optimizer_D(program, "optimizer_D", program.states("D.", Role::parameter), training.adam());
  AdamOptimizer optimizer_F(program, "optimizer_F", encoder_of(program), training.adam());

  const Tensor target = F_P(x_p, training.bn).pooled;
  const DomainScores scores = domain_scores(D, stop_gradient(source), stop_gradient(target));
  const Tensor loss_D = domain_loss(scores), accuracy = domain_accuracy(scores);
  if (training.gate > 0) optimizer_F.update_only_if_greater(accuracy, training.gate);
  minimise(loss_D, "loss.discriminator", {&optimizer_D});
  const FrozenParameters frozen(program);  // of the discriminator
  // Inverted labels: the encoder minimises the discriminator's loss for "source".
  const Tensor loss_F = bce_with_logits_to(D(target), 1);
  keep_buffers_unless_finite(program, {"F_P"}, minimise(loss_F, "loss.encoder", {&optimizer_F}));
  program.output("loss.discriminator", loss_D);
  program.output("loss.encoder", loss_F);
  program.output("discriminator_accuracy", accuracy);
}

}  // namespace tuna
