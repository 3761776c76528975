// Phases with generators: TUNA-Net, and the methods that it is compared with.  F_A is pretrained on the source; then
// generators, discriminators and classifiers are trained together.
#pragma once

#include "training/methods/classifier_phase.h"
#include "training/methods/joint_step.h"
#include "training/methods/target_validation.h"

namespace tuna {

/// The sections that these methods have in common.
template <class Train>
struct JointSpec {
  TunaNetOptions net;
  ObjectiveOptions objective;
  ClassifierTraining pretrain;
  Train train;

  template <class Fields>
  void fields(Fields& field) {
    net.fields(field);
    field("objective", objective, "What generators and classifiers minimise together: Eq. 6, or some of its terms.");
    field("pretrain", pretrain, "F_A, the classifier of the source, alone on the labelled source.");
    field("train", train,
          "The networks that are trained together; F_P, if it is one of them, starts as a copy of F_A.");
  }
  bool operator==(const JointSpec&) const = default;

  /// With these classifiers.
  Joint joint(std::vector<std::string> classifiers) const {
    return {net, objective, JointTraining{train}, std::move(classifiers)};
  }
};

/// Throws Error if the images are of a size that the networks do not support, no term updates a generator, a term
/// updates no network, or the number of epochs is 0.
void check_joint(const Joint& joint, const Spec& spec);

/// A phase of record_joint_step() without a validation.  Its classifiers start as the pretrained F_A.
Phase joint_phase(const std::string& name, const std::string& result, const Joint& joint, const Spec& spec,
                  const RunData& data);

/// Trains `phase.network` by classifier_phase() on G_AP(x_a) with the labels of x_a, where `generators` is the phase
/// whose G_AP translates.  It starts as the pretrained F_A.
Phase translated_classifier_phase(const ClassifierPhase& phase, const std::string& generators,
                                  const TunaNetOptions& net, const ClassifierTraining& training, const Spec& spec,
                                  const RunData& data);

/// Adds the generators to a phase's result, as `from` left them.
void keep_generators(Phase& phase, const std::string& from, const TunaNetOptions& net, const Task& task);

/// Images generated one from the other: {"G_AP", "G_PA"} makes G_AP(x) and G_PA(G_AP(x)).
RecordImages images_by(const std::vector<std::string>& generators, const TunaNetOptions& net, const Task& task);

/// record(generator(x)), such as logits_of() a classifier on translations.
RecordValues of_translated(const RecordValues& record, const std::string& generator, const TunaNetOptions& net,
                           const Task& task);

/// The logits of classifier(generator(x)), with frozen batch norm.
RecordLogits translated_logits(const std::string& classifier, const std::string& generator, const TunaNetOptions& net,
                               const Task& task);

/// F_A on G_PA(x_p), as a validation of generators that are trained without F_P.
Validation validation_of_generators(const Joint& joint, const Spec& spec, const RunData& data);

/// Of F_A before adaptation: the row NoAdapt.
Evaluated before_adaptation(const ClassifierOptions& classifier, const Task& task);

/// Both directions.
std::vector<TranslatedBy> translations_by(const TunaNetOptions& net, const Task& task);

/// Fills the common parts of these methods; phases, evaluations and the check are a method's own.
template <class Own>
void describe_joint(Method& method, const char* name) {
  method.name = name;
  method.sections.options = Own();
  method.translations = [](const Spec& spec) { return translations_by(spec.of<Own>().net, spec.task()); };
  method.changes_on_resume = {"pretrain.epochs", "train.epochs", "train.decay_epochs"};
  method.use_trained = [](Spec& spec, const std::filesystem::path& weights) {
    use_trained_weights(spec.of<Own>().net.classifier, weights);
  };
}

}  // namespace tuna
