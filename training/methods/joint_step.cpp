#include "training/methods/joint_step.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "kernels/pointwise/add.h"
#include "kernels/random/image_pool.h"
#include "optim/finite_buffers.h"
#include "optim/minimise.h"

namespace tuna {
namespace {

Tensors parameters_of(Program& program, const std::vector<std::string>& nets) {
  Tensors all;
  for (const std::string& net : nets)
    for (const Tensor& parameter : program.states(net + ".", Role::parameter)) all.push_back(parameter);
  return all;
}

// The fake images of a discriminator: from a pool of earlier translations (Shrivastava et al., 2017), which stores
// those of this step if `go` is set.
Tensor pooled(Program& program, const std::string& name, Tensor fake, Tensor go, int64_t size) {
  if (size == 0) return fake;
  const Shape& image = fake.shape();
  const Tensor pool =
      program.state(name, Type{program.accumulation_type(), {size, image.h, image.w, image.c}}, Initial::constant(0));
  const Tensor decisions = program.input(name + ".decisions", Type{DType::i32, {image.n, 1, 1, 2}});
  const Pooled result = image_pool(fake, program.latest(pool), decisions, go);
  program.store(pool, result.pool);
  return result.images;
}

}  // namespace

bool Joint::trains(const std::string& network) const {
  return std::any_of(objective.terms.begin(), objective.terms.end(),
                     [&](const auto& term) { return term.second.trains(network); });
}

std::vector<std::string> Joint::trained_classifiers() const {
  std::vector<std::string> trained;
  std::copy_if(classifiers.begin(), classifiers.end(), std::back_inserter(trained),
               [&](const std::string& classifier) { return trains(classifier); });
  return trained;
}

JointInputs record_joint_step(Program& program, const Joint& joint, const Task& task) {
  const ObjectiveOptions& minimised = joint.objective;
  const JointTraining& training = joint.train;
  const TunaNet net(program, joint.net, task, joint.classifiers);
  const Shape images{training.batch, task.size, task.size, task.channels};
  const Tensor x_a = program.input("x_a", images), x_p = program.input("x_p", images);
  const Tensor y_a = program.input("y_a", Type{DType::i32, {training.batch, 1, 1, 1}});

  AdamOptimizer G(program, "optimizer_G", parameters_of(program, {"G_AP", "G_PA"}), training.adam_gd());
  std::vector<AdamOptimizer*> of_objective = {&G};
  const std::vector<std::string> trained_classifiers = joint.trained_classifiers();
  std::optional<AdamOptimizer> F;
  if (!trained_classifiers.empty()) {
    F.emplace(program, "optimizer_F", parameters_of(program, trained_classifiers), training.adam_f());
    of_objective.push_back(&*F);
  }
  AdamOptimizer D(program, "optimizer_D", parameters_of(program, {"D_A", "D_P"}), training.adam_gd());

  // Generators and classifiers: one backward of Eq. 6; the discriminators are frozen, as they are not listed.
  const Objective objective = record_objective(
      minimised, {net, minimised.gan, training.bn, task.class_weights, x_a, y_a, x_p}, joint.own_terms);
  const Tensors finite = minimise(objective.total, "objective", of_objective);
  keep_buffers_unless_finite(program, joint.classifiers, finite);

  // Discriminators, with the images that were made before the generators' update.
  const Tensor loss_A = discriminator_loss(minimised.gan, net.D_A, x_a,
                                           pooled(program, "pool_A", objective.fake_a, finite[0], training.pool));
  const Tensor loss_P = discriminator_loss(minimised.gan, net.D_P, x_p,
                                           pooled(program, "pool_P", objective.fake_p, finite[0], training.pool));
  const Tensor loss_D = loss_A + loss_P;
  minimise(loss_D, "loss_D", {&D});

  for (const auto& [name, term] : objective.terms) program.output("loss." + name, term);
  program.output("objective", objective.total);
  program.output("loss.D_A", loss_A);
  program.output("loss.D_P", loss_P);
  program.output("fake_p", objective.fake_p);
  program.output("fake_a", objective.fake_a);
  program.output("rec_a", objective.rec_a);
  program.output("rec_p", objective.rec_p);
  return {x_a, y_a, x_p};
}

}  // namespace tuna
