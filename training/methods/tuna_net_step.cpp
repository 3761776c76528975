#include "training/methods/tuna_net_step.h"

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

void record_tuna_net_step(Program& program, const TunaNetOptions& options, const ObjectiveOptions& minimised,
                          const JointTraining& training, const Task& task) {
  const TunaNet net(program, options, task);
  const Shape images{training.batch, task.size, task.size, task.channels};
  const Tensor x_a = program.input("x_a", images), x_p = program.input("x_p", images);
  const Tensor y_a = program.input("y_a", Type{DType::i32, {training.batch, 1, 1, 1}});

  AdamOptimizer G(program, "optimizer_G", parameters_of(program, {"G_AP", "G_PA"}), training.adam_gd());
  AdamOptimizer F(program, "optimizer_F", parameters_of(program, {"F_A", "F_P"}), training.adam_f());
  AdamOptimizer D(program, "optimizer_D", parameters_of(program, {"D_A", "D_P"}), training.adam_gd());

  // Generators and classifiers: one backward of Eq. 6; the discriminators are frozen, as they are not listed.
  const Objective objective =
      record_objective(minimised, {net, minimised.gan, training.bn, task.class_weights, x_a, y_a, x_p});
  const Tensors finite = minimise(objective.total, "objective", {&G, &F});
  keep_buffers_unless_finite(program, {"F_A", "F_P"}, finite);

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
}

}  // namespace tuna
