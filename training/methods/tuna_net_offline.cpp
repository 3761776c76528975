// Ablation c of TUNA-Net: F_P is not trained together with the generators, but afterwards, on G_AP(x_a) of the trained
// generator.  Of Eq. 6 the terms without F_P remain.
#include "training/methods/joint_phase.h"

namespace tuna {
namespace {

struct OfflineSpec : JointSpec<JointTraining> {
  ClassifierTraining offline;

  OfflineSpec() { objective = ObjectiveOptions({"adversarial", "cycle", "source", "reconstruction", "identity"}); }

  template <class Fields>
  void fields(Fields& field) {
    JointSpec::fields(field);
    field("offline", offline, "F_P, which starts as a copy of the pretrained F_A, on translated source images.");
  }
  bool operator==(const OfflineSpec&) const = default;
};

Joint joint_of(const Spec& spec) { return spec.of<OfflineSpec>().joint({"F_A"}); }

std::vector<Phase> phases(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<OfflineSpec>();
  Phase joint = joint_phase("joint", "joint.safetensors", joint_of(spec), spec, data);
  joint.validation = validation_of_generators(joint_of(spec), spec, data);
  return {pretraining(own.net.classifier, own.pretrain, spec, data), std::move(joint),
          translated_classifier_phase({"offline", kWeights, "F_P", spec.domains.source}, "joint", own.net, own.offline,
                                      spec, data)};
}

std::vector<Evaluated> evaluations(const Spec& spec) {
  const TunaNetOptions& net = spec.of<OfflineSpec>().net;
  return {before_adaptation(net.classifier, spec.task()),
          {"offline", "F_P", logits_of("F_P", net.classifier, spec.task()),
           translated_logits("F_P", "G_AP", net, spec.task()), "c) w/o F_P, offline", EvaluatedAs::adapted}};
}

const RegisterMethod offline([](Method& method) {
  describe_joint<OfflineSpec>(method, "tuna_net_offline");
  method.sections.check = [](const Spec& spec) { check_joint(joint_of(spec), spec); };
  method.phases = phases;
  method.evaluations = evaluations;
  method.changes_on_resume.push_back("offline.epochs");
});

}  // namespace
}  // namespace tuna
