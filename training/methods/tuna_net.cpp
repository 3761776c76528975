// TUNA-Net (Tang et al., MICCAI 2019): F_A is pretrained on the source; then six networks are trained together
// (models/tuna_net.h), F_P as a copy of F_A.  On request a classifier is trained on the target's labels as well, as the
// upper bound of adaptation.
#include "training/methods/tuna_net.h"

namespace tuna {
namespace {

Joint joint_of(const Spec& spec) { return spec.of<TunaNetSpec>().joint({"F_A", "F_P"}); }

void check_spec(const Spec& spec) {
  const Joint joint = joint_of(spec);
  check_joint(joint, spec);
  check(!joint.trained_classifiers().empty(), "objective: no term updates F_A or F_P (those of weight 0 are left out)");
}

// The keys that keep F_P from a collapse and differ from what is recommended, or else what remains.
std::string if_collapsed(const TunaNetSpec& own) {
  const TermOptions& feature = own.objective["feature"];
  const std::string rate = fmt::format("a smaller train.lr_f (now {:g})", own.train.lr_f);
  if (feature.weight > 0 && feature.updates != std::vector<std::string>{"G_AP"})
    return fmt::format(R"(objective.feature.updates = ["G_AP"] and {} prevent it)", rate);
  return fmt::format("{} may prevent it, or more pretrain.epochs (now {}) if its validation_auc is near 0.5", rate,
                     own.pretrain.epochs);
}

std::vector<Phase> phases(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<TunaNetSpec>();
  Phase joint = joint_phase("joint", kWeights, joint_of(spec), spec, data);
  const Task task = spec.task();
  joint.validation = target_validation(
      {"F_P", logits_of("F_P", own.net.classifier, task), features_of("F_P", own.net.classifier, task),
       translated_logits("F_P", "G_AP", own.net, task), logits_of("F_A", own.net.classifier, task)},
      own.train.select, if_collapsed(own), data);
  std::vector<Phase> all = {pretraining(own.net.classifier, own.pretrain, spec, data), std::move(joint)};
  if (own.supervised)
    all.push_back(classifier_phase({"supervised", "supervised.safetensors", "F_S", spec.domains.target},
                                   own.net.classifier, own.pretrain, spec, data));
  return all;
}

// The row's name in Table 1, which has ablations a and b.
std::string row_of(const ObjectiveOptions& objective) {
  const bool a = objective["feature"].weight == 0, b = objective["reconstruction"].weight == 0;
  if (a && b) return "w/o feature loss, rec.";
  return a ? "a) w/o feature loss" : b ? "b) w/o F_A on rec." : "TUNA-Net";
}

// F_P classifies source images as translated by G_AP.
std::vector<Evaluated> evaluations(const Spec& spec) {
  const auto& own = spec.of<TunaNetSpec>();
  const auto logits = [&](const char* network) { return logits_of(network, own.net.classifier, spec.task()); };
  std::vector<Evaluated> all = {before_adaptation(own.net.classifier, spec.task()),
                                {"joint", "F_P", logits("F_P"), translated_logits("F_P", "G_AP", own.net, spec.task()),
                                 row_of(own.objective), EvaluatedAs::adapted},
                                {"joint", "F_A", logits("F_A"), logits("F_A"), "", EvaluatedAs::classifier}};
  if (own.supervised)
    all.push_back({"supervised", "F_S", logits("F_S"), logits("F_S"), "Supervised", EvaluatedAs::upper_bound});
  return all;
}

const RegisterMethod tuna_net([](Method& method) {
  describe_joint<TunaNetSpec>(method, "tuna_net");
  method.sections.check = check_spec;
  method.sections.is_default = true;
  method.phases = phases;
  method.evaluations = evaluations;
  method.changes_on_resume.push_back("supervised");
  method.starter = tuna_net_starter;
});

}  // namespace
}  // namespace tuna
