#include "training/methods/cycada_code_step.h"

#include "kernels/optimizer/update_if.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/greater_than.h"
#include "kernels/pointwise/scale.h"
#include "kernels/pointwise/scale_by.h"
#include "losses/classification.h"
#include "optim/finite_buffers.h"
#include "optim/minimise.h"

namespace tuna {
namespace {

constexpr double kLargestLoss = 1;  // of CLS, for the semantic term

/// The state that holds the loss of CLS in the last step.  It begins with a value that switches the semantic term off.
Tensor last_loss(Program& program) {
  return program.state("last_loss_CLS", Type{program.accumulation_type(), {1, 1, 1, 1}},
                       Initial::constant(kLargestLoss));
}

std::function<Tensor()> adversarial(ObjectiveStep& step, const TermOptions& term) {
  return [&] {
    return 2 * gan_real(step.net.D_P(step.fake_p(term)), step.gan)
           + gan_real(step.net.D_A(step.fake_a(term)), step.gan);
  };
}

std::function<Tensor()> semantic(ObjectiveStep& step, const TermOptions& term) {
  return [&, of_x_p = step.classify_without_gradient("CLS", step.x_p),
          of_fake_p = step.classify("CLS", step.fake_p(term), term),
          of_fake_a = step.classify("CLS", step.fake_a(term), term)] {
    Program& program = *step.x_a.program;
    const Tensor is_on = greater_than(-1 * program.latest(last_loss(program)), -kLargestLoss);
    return scale_by(cross_entropy(of_fake_p->logits, step.y_a, step.class_weights)
                        + cross_entropy(of_fake_a->logits, argmax(of_x_p->logits)),
                    is_on);
  };
}

}  // namespace

std::map<std::string, RecordTerm> terms_of_cycada_code() {
  return {{"adversarial", adversarial}, {"semantic", semantic}};
}

void record_cycada_code_step(Program& program, const Joint& joint, const Task& task) {
  const JointInputs images = record_joint_step(program, joint, task);
  const Classifier CLS(program, "CLS", joint.net.classifier, task);
  AdamOptimizer optimizer(program, kOptimizerOfCls, program.states("CLS.", Role::parameter), joint.train.adam_gd());
  const Tensor loss = cross_entropy(CLS(images.x_a, BatchNormMode::training).logits, images.y_a, task.class_weights);
  const Tensors finite = minimise(loss, "loss.CLS", {&optimizer});
  keep_buffers_unless_finite(program, {"CLS"}, finite);
  const Tensor last = last_loss(program);
  program.store(last, update_if(finite, {loss}, {program.latest(last)})[0]);
  program.output("loss.CLS", loss);
}

}  // namespace tuna
