// Adaptation of a classifier without translated images: what AdaBN, ADDA, DANN and MCC share.  F_A is pretrained on the
// source; F_P starts as its copy and is adapted with images of both domains.
#pragma once

#include "training/methods/both_domains.h"
#include "training/methods/classifier_phase.h"

namespace tuna {

/// The images of an adaptation phase, and its length.
struct AdaptationImages : BothDomains {
  int64_t epochs = 20;

  AdaptationImages() {
    batch = 32;
    augmentation = {0, 0.06, 0.03};
  }

  template <class Fields>
  void fields(Fields& field) {
    field("epochs", epochs, "Epochs.", closed(1, 100000));
    BothDomains::fields(field);
  }
  bool operator==(const AdaptationImages&) const = default;
};

/// How F_P learns, in methods in which it does.
struct AdaptationTraining : AdaptationImages {
  double lr = 1e-4;
  std::array<double, 2> betas{0.9, 0.999};
  BatchNormMode bn = BatchNormMode::training;

  template <class Fields>
  void fields(Fields& field) {
    AdaptationImages::fields(field);
    field("lr", lr, "Learning rate of F_P.", above(0, 1));
    field("betas", betas, "Adam's decay rates of the two moments.", below(0, 1));
    field("bn", bn, "Batch norm of F_P: with the statistics of pretraining, or with those of each batch.",
          Choices<BatchNormMode>{{{"frozen", BatchNormMode::frozen}, {"train", BatchNormMode::training}}});
  }
  bool operator==(const AdaptationTraining&) const = default;

  AdamOptions adam() const { return {betas[0], betas[1]}; }

  /// A constant rate over the phase.
  Schedule schedule(const std::string& optimizer, const std::string& name, double rate) const {
    return {optimizer, name, rate, adam(), epochs, 0};
  }
};

/// The sections that these methods have in common.
template <class Train = AdaptationTraining>
struct AdaptationSpec {
  ClassifierOptions classifier;
  ClassifierTraining pretrain;
  Train train;

  template <class Fields>
  void fields(Fields& field) {
    field("classifier", classifier, "F_A (of source images) and F_P (of target images): ResNets.");
    field("pretrain", pretrain, "F_A, the classifier of the source, alone on the labelled source.");
    field("train", train, "F_P, which starts as a copy of F_A.");
  }
  bool operator==(const AdaptationSpec&) const = default;
};

/// The inputs of a step: x_a, x_p [N, H, W, C]; y_a i32 [N, 1, 1, 1].
struct AdaptationInputs {
  Tensor x_a, y_a, x_p;
  AdaptationInputs(Program& program, int64_t batch, const Task& task);
};

/// The phase "adapt" without its schedules.  It leaves `networks`, of which F_A and F_P start as the pretrained F_A.
/// Its validation compares F_P with F_A, if that is one of them.
Phase adaptation_phase(const ClassifierOptions& classifier, const AdaptationImages& images,
                       std::vector<std::string> networks, std::function<void(Program&)> step, const Spec& spec,
                       const RunData& data);

/// The phases "pretrain" of F_A and `adapt`.
template <class Own>
std::vector<Phase> after_pretraining(const Own& own, Phase adapt, const Spec& spec, const RunData& data) {
  return {pretraining(own.classifier, own.pretrain, spec, data), std::move(adapt)};
}

/// The rows NoAdapt, of F_A before adaptation, and `row`, of F_P.  On source images `of_source` is measured: "F_P", or
/// "F_A".
std::vector<Evaluated> adaptation_rows(const ClassifierOptions& classifier, const std::string& row,
                                       const std::string& of_source, const Spec& spec);

/// Fills the common parts of these methods; phases and evaluations are a method's own.
template <class Own>
void describe_adaptation(Method& method, const char* name) {
  method.name = name;
  method.sections.options = Own();
  method.changes_on_resume = {"pretrain.epochs", "train.epochs"};
  method.use_trained = [](Spec& spec, const std::filesystem::path& weights) {
    use_trained_weights(spec.of<Own>().classifier, weights);
  };
}

}  // namespace tuna
