// Cycle-GAN (Zhu et al., ICCV 2017), as Table 1 uses it: generators and discriminators without classifiers; then F_A,
// as it was pretrained, classifies G_PA(x_p).
#include "training/methods/joint_phase.h"

namespace tuna {
namespace {

struct CycleGanSpec : JointSpec<CycleGanTraining> {
  CycleGanSpec() { objective = ObjectiveOptions({"adversarial", "cycle", "identity"}); }
  bool operator==(const CycleGanSpec&) const = default;
};

// F_A is declared so that the result contains it.
Joint joint_of(const Spec& spec) { return spec.of<CycleGanSpec>().joint({"F_A"}); }

std::vector<Phase> phases(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<CycleGanSpec>();
  Phase translation = joint_phase("translation", kWeights, joint_of(spec), spec, data);
  translation.validation = validation_of_generators(joint_of(spec), spec, data);
  return {pretraining(own.net.classifier, own.pretrain, spec, data), std::move(translation)};
}

std::vector<Evaluated> evaluations(const Spec& spec) {
  const TunaNetOptions& net = spec.of<CycleGanSpec>().net;
  return {before_adaptation(net.classifier, spec.task()),
          {"translation", "F_A", translated_logits("F_A", "G_PA", net, spec.task()),
           logits_of("F_A", net.classifier, spec.task()), "Cycle-GAN", EvaluatedAs::adapted,
           images_by({"G_PA"}, net, spec.task())}};
}

const RegisterMethod cycle_gan([](Method& method) {
  describe_joint<CycleGanSpec>(method, "cycle_gan");
  method.sections.check = [](const Spec& spec) { check_joint(joint_of(spec), spec); };
  method.phases = phases;
  method.evaluations = evaluations;
});

}  // namespace
}  // namespace tuna
