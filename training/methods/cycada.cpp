// CyCADA (Hoffman et al., ICML 2018), in the three stages of its paper.  Pixels: generators and discriminators, with
// the fixed F_A holding translations to the class of their image.  Task: F_AP learns from G_AP(x_a) and the labels of
// x_a.  Features: the encoder of F_P, which starts as F_AP, learns features of x_p like F_AP's of G_AP(x_a), as in
// ADDA.  The pixel stage of its authors' code is in cycada_code_step.h.
#include "training/methods/adda_step.h"
#include "training/methods/cycada_code_step.h"
#include "training/methods/joint_phase.h"

namespace tuna {
namespace {

/// Which pixel stage: that of the paper, or that of its authors' code.
enum class Variant : uint8_t { paper, official_code };

struct PixelTraining : CycleGanTraining {
  double lr_cls = 1e-3;

  template <class Fields>
  void fields(Fields& field) {
    CycleGanTraining::fields(field);
    field("lr_cls", lr_cls, "Learning rate of CLS, with variant official_code.", above(0, 1));
  }
  bool operator==(const PixelTraining&) const = default;
};

struct CycadaSpec : JointSpec<PixelTraining> {
  Variant variant = Variant::paper;
  ClassifierTraining task;
  AddaTraining feature;

  CycadaSpec() {
    objective = ObjectiveOptions({"adversarial", "cycle", "semantic", "identity"});
    objective["semantic"].weight = 1;
  }

  template <class Fields>
  void fields(Fields& field) {
    JointSpec::fields(field);
    field(
        "variant", variant,
        "paper: the fixed F_A holds translations to their class. official_code: a classifier CLS does so, which learns "
        "from real source images and their labels in the same steps; the semantic term is 0 unless the loss of CLS "
        "was below 1 in the step before, and G_AP's adversarial loss counts twice. That code has "
        "objective.cycle.weight 1.",
        Choices<Variant>{{{"paper", Variant::paper}, {"official_code", Variant::official_code}}});
    field("task", task, "F_AP, which starts as a copy of F_A, on translated source images and their labels.");
    field("feature", feature, "F_P, which starts as a copy of F_AP, against a domain discriminator.");
  }
  bool operator==(const CycadaSpec&) const = default;
};

Joint joint_of(const Spec& spec) { return spec.of<CycadaSpec>().joint({"F_A"}); }

Phase pixel_phase(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<CycadaSpec>();
  Joint joint = joint_of(spec);
  if (own.variant == Variant::official_code) {
    joint.classifiers.push_back("CLS");
    joint.own_terms = terms_of_cycada_code();
  }
  Phase phase = joint_phase("pixel", "pixel.safetensors", joint, spec, data);
  phase.validation = validation_of_generators(joint, spec, data);
  if (own.variant == Variant::paper) return phase;
  std::erase_if(phase.start, [](const WeightsFrom& from) { return from.network == "CLS"; });  // it learns from scratch
  phase.record = [joint, task = spec.task()](Program& program) { record_cycada_code_step(program, joint, task); };
  const PixelTraining& train = own.train;
  phase.schedules.push_back(
      {kOptimizerOfCls, "lr_cls", train.lr_cls, train.adam_gd(), train.epochs, train.decay_epochs});
  return phase;
}

void record_feature_step(Program& program, const CycadaSpec& own, const Task& task) {
  const AdaptationInputs images(program, own.feature.batch, task);
  const Tensor fake_p = images_by({"G_AP"}, own.net, task)(program, images.x_a)[0];
  const Classifier F_AP(program, "F_AP", own.net.classifier, task);
  record_adda_step(program, F_AP(fake_p, BatchNormMode::frozen).pooled, images.x_p, own.net.classifier, own.feature,
                   task);
}

Phase feature_phase(const CycadaSpec& own, const Spec& spec, const RunData& data) {
  const auto step = [own, task = spec.task()](Program& program) { record_feature_step(program, own, task); };
  Phase phase = adaptation_phase(own.net.classifier, own.feature, {"F_P", "D"}, step, spec, data);
  phase.name = "feature";
  phase.start = {{"F_AP", "task", "F_AP", {}, {}}, {"F_P", "task", "F_AP", {}, {}}};
  phase.schedules = own.feature.schedules();
  if (phase.validation->source_logits)
    phase.validation->source_logits = translated_logits("F_P", "G_AP", own.net, spec.task());
  keep_generators(phase, "pixel", own.net, spec.task());
  return phase;
}

std::vector<Phase> phases(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<CycadaSpec>();
  return {pretraining(own.net.classifier, own.pretrain, spec, data), pixel_phase(spec, data),
          translated_classifier_phase({"task", "task.safetensors", "F_AP", spec.domains.source}, "pixel", own.net,
                                      own.task, spec, data),
          feature_phase(own, spec, data)};
}

std::vector<Evaluated> evaluations(const Spec& spec) {
  const TunaNetOptions& net = spec.of<CycadaSpec>().net;
  const auto row = [&](const char* phase, const char* network, const char* name, EvaluatedAs as) {
    return Evaluated{phase,
                     network,
                     logits_of(network, net.classifier, spec.task()),
                     translated_logits(network, "G_AP", net, spec.task()),
                     name,
                     as};
  };
  return {before_adaptation(net.classifier, spec.task()),
          row("task", "F_AP", "CyCADA, pixels only", EvaluatedAs::classifier),
          row("feature", "F_P", "CyCADA", EvaluatedAs::adapted)};
}

const RegisterMethod cycada([](Method& method) {
  describe_joint<CycadaSpec>(method, "cycada");
  method.sections.check = [](const Spec& spec) { check_joint(joint_of(spec), spec); };
  method.phases = phases;
  method.evaluations = evaluations;
  for (const char* key : {"task.epochs", "feature.epochs"}) method.changes_on_resume.push_back(key);
});

}  // namespace
}  // namespace tuna
