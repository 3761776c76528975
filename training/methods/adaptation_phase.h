// Adaptation of a classifier without translated images: what AdaBN, ADDA, DANN and MCC share.  F_A is pretrained on the
// source; F_P starts as its copy and is adapted with images of both domains.
#pragma once

#include "training/methods/classifier_phase.h"

namespace tuna {

struct AdaptationTraining {
  int64_t epochs = 20, steps_per_epoch = 0, batch = 32;
  double lr = 1e-4;
  std::array<double, 2> betas{0.9, 0.999};
  BatchNormMode bn = BatchNormMode::training;
  Augmentation augmentation{0, 0.06, 0.03};

  template <class Fields>
  void fields(Fields& field) {
    field("epochs", epochs, "Epochs.", closed(1, 100000));
    field("steps_per_epoch", steps_per_epoch, "Steps of an epoch; 0: as many as the larger domain needs.",
          closed(0, 100000000));
    field("batch", batch, "Images of each domain per step.", closed(1, 4096));
    field("lr", lr, "Learning rate of F_P.", above(0, 1));
    field("betas", betas, "Adam's decay rates of the two moments.", below(0, 1));
    field("bn", bn, "Batch norm of F_P: with the statistics of pretraining, or with those of each batch.",
          Choices<BatchNormMode>{{{"frozen", BatchNormMode::frozen}, {"train", BatchNormMode::training}}});
    field("augmentation", augmentation, "Random changes of the images, drawn anew each time and for each domain.");
  }
  bool operator==(const AdaptationTraining&) const = default;

  AdamOptions adam() const { return {betas[0], betas[1]}; }
};

/// The sections that these methods have in common.
struct AdaptationSpec {
  ClassifierOptions classifier;
  ClassifierTraining pretrain;
  AdaptationTraining train;

  template <class Fields>
  void fields(Fields& field) {
    field("classifier", classifier, "F_A (of source images) and F_P (of target images): ResNets.");
    field("pretrain", pretrain, "F_A, the classifier of the source, alone on the labelled source.");
    field("train", train, "F_P, which starts as a copy of F_A.");
  }
  bool operator==(const AdaptationSpec&) const = default;
};

/// Its inputs, of which a step need not read all: x_a, x_p [N, H, W, C]; y_a i32 [N, 1, 1, 1].
struct AdaptationImages {
  Tensor x_a, y_a, x_p;
  AdaptationImages(Program& program, const AdaptationTraining& training, const Task& task);
};

/// The phases "pretrain" of F_A and "adapt", which records `step` and leaves `networks`, of which F_A and F_P start as
/// the pretrained F_A.
std::vector<Phase> adaptation_phases(const AdaptationSpec& own, std::vector<std::string> networks,
                                     std::function<void(Program&)> step, std::vector<Schedule> schedules,
                                     const Spec& spec, const RunData& data);

/// The schedule of an optimizer over the phase "adapt", at a constant rate.
Schedule adaptation_schedule(const AdaptationTraining& training, const std::string& optimizer, const std::string& name,
                             double lr);

/// The rows NoAdapt, of F_A before adaptation, and `row`, of F_P.  On source images F_P is measured, or F_A if
/// `source_by_F_A`.
std::vector<Evaluated> adaptation_rows(const AdaptationSpec& own, const std::string& row, bool source_by_F_A,
                                       const Spec& spec);

template <class Own>
ClassifierOptions& classifier_of(Own& own) {
  if constexpr (requires { own.classifier; })
    return own.classifier;
  else
    return own.shared.classifier;
}

/// Registers what these methods have in common; `phases` and `evaluations` are the method's own.
template <class Own>
void describe_adaptation(Method& method, const char* name) {
  method.name = name;
  method.sections.options = Own();
  method.changes_on_resume = {"pretrain.epochs", "train.epochs"};
  method.use_trained = [](Spec& spec, const std::filesystem::path& weights) {
    std::filesystem::path& file = classifier_of(spec.of<Own>()).weights;
    if (!file.empty()) file = weights;
  };
}

}  // namespace tuna
