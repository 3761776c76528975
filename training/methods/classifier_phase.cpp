#include "training/methods/classifier_phase.h"

#include <nlohmann/json.hpp>

#include "losses/classification.h"
#include "optim/finite_buffers.h"
#include "optim/minimise.h"
#include "training/evaluation/validators.h"

namespace tuna {

void record_classifier_step(Program& program, const std::string& network, const ClassifierOptions& options,
                            const ClassifierTraining& training, const Task& task, const RecordImages& translate) {
  const Classifier classifier(program, network, options, task);
  const Tensor images = program.input("images", Shape{training.batch, task.size, task.size, task.channels});
  const Tensor labels = program.input("labels", Type{DType::i32, {training.batch, 1, 1, 1}});
  AdamOptimizer optimizer(program, "optimizer_" + network, program.states(network + ".", Role::parameter),
                          {training.betas[0], training.betas[1]});

  const Tensor classified = translate ? stop_gradient(translate(program, images)[0]) : images;
  const Tensor logits = classifier(classified, BatchNormMode::training).logits;
  const Tensor loss = cross_entropy(logits, labels, task.class_weights);
  keep_buffers_unless_finite(program, {network}, minimise(loss, "loss", {&optimizer}));
  program.output("loss", loss);
}

// Checked before hours of training, not after them.
static std::vector<Sample> labelled_images(const ClassifierPhase& phase, const char* split, const Spec& spec,
                                           const RunData& data) {
  std::vector<Sample> images = RunData::labelled(select(data.samples(), phase.domain, split));
  check(data.samples().empty() || RunData::both_kinds(images, spec),
        "{}: the {} images of '{}' have no labels of both kinds, '{}' and others", phase.name, split, phase.domain,
        spec.positive);
  return images;
}

Phase classifier_phase(const ClassifierPhase& phase, const ClassifierOptions& options,
                       const ClassifierTraining& training, const Spec& spec, const RunData& data) {
  const std::string& network = phase.network;
  const std::vector<Sample> train = labelled_images(phase, "train", spec, data),
                            validation = labelled_images(phase, "validation", spec, data);
  Phase result{phase.name, phase.result, {network}, {}};
  result.record = [=, task = spec.task()](Program& program) {
    record_classifier_step(program, network, options, training, task);
  };
  if (!options.weights.empty())
    result.start = {{network, "", "", options.weights, {network + ".fc.weight", network + ".fc.bias"}}};
  result.feeds = {{"images", "labels", train, training.augmentation, training.batch, phase.name,
                   phase.domain == spec.domains.source}};
  result.schedules = {
      {"optimizer_" + network, "lr", training.lr, {training.betas[0], training.betas[1]}, training.epochs, 0}};
  result.steps_per_epoch = (int64_t(train.size()) + training.batch - 1) / training.batch;
  result.epochs = training.epochs;
  result.validate_every = result.checkpoint_every = result.steps_per_epoch;
  result.validation = {network, logits_of(network, options, spec.task()), validation, validation_auc, "validation_auc"};
  return result;
}

Phase pretraining(const ClassifierOptions& options, const ClassifierTraining& training, const Spec& spec,
                  const RunData& data) {
  return classifier_phase({"pretrain", "pretrained.safetensors", "F_A", spec.domains.source}, options, training, spec,
                          data);
}

void use_trained_weights(ClassifierOptions& options, const std::filesystem::path& weights) {
  if (!options.weights.empty()) options.weights = weights;
}

}  // namespace tuna
