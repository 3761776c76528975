// A classifier trained alone, on labelled images of one domain: a phase that methods share.
#pragma once

#include "models/classifier.h"
#include "training/methods/method.h"

namespace tuna {

struct ClassifierTraining {
  int64_t epochs = 20, batch = 32;
  double lr = 1e-4;
  std::array<double, 2> betas{0.9, 0.999};
  Augmentation augmentation{0, 0.06, 0.03};

  template <class Fields>
  void fields(Fields& field) {
    field("epochs", epochs, "Passes over the labelled training images; the best by validation AUC is kept.",
          closed(0, 100000));
    field("batch", batch, "Images per step.", closed(1, 4096));
    field("lr", lr, "Learning rate of Adam.", above(0, 1));
    field("betas", betas, "Adam's decay rates of the two moments.", below(0, 1));
    field("augmentation", augmentation, "Random changes of the images, drawn anew each time.");
  }
  bool operator==(const ClassifierTraining&) const = default;
};

/// Names of the phase, its result file, the network, and the domain of its labelled images.
struct ClassifierPhase {
  std::string name, result, network, domain;
};

/// Cross-entropy (Eq. 3) and Adam; the epoch with the largest AUC on the validation images is kept.  The network starts
/// from `options.weights`, unless that is empty.  Throws Error if the images lack labels of both kinds.
Phase classifier_phase(const ClassifierPhase& phase, const ClassifierOptions& options,
                       const ClassifierTraining& training, const Spec& spec, const RunData& data);

/// The phase "pretrain": F_A on the labelled source, alone.
Phase pretraining(const ClassifierOptions& options, const ClassifierTraining& training, const Spec& spec,
                  const RunData& data);

/// Method::use_trained for the weights of a classifier.
void use_trained_weights(ClassifierOptions& options, const std::filesystem::path& weights);

/// One training step.  Inputs: images [N, H, W, C], labels i32 [N, 1, 1, 1], optimizer_<network>.schedule.  Outputs:
/// loss, optimizer_<network>.finite.  With `translate` it classifies the image that this records, whose networks it
/// does not update.
void record_classifier_step(Program& program, const std::string& network, const ClassifierOptions& options,
                            const ClassifierTraining& training, const Task& task, const RecordImages& translate = {});

}  // namespace tuna
