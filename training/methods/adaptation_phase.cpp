#include "training/methods/adaptation_phase.h"

#include <algorithm>

#include "training/evaluation/validators.h"

namespace tuna {
namespace {

constexpr const char* kPretrain = "pretrain";
constexpr const char* kAdapt = "adapt";

int64_t steps_per_epoch(const AdaptationTraining& training, const RunData& data) {
  const auto larger = int64_t(std::max(data.source("train").size(), data.target("train").size()));
  return training.steps_per_epoch > 0 ? training.steps_per_epoch : (larger + training.batch - 1) / training.batch;
}

}  // namespace

AdaptationImages::AdaptationImages(Program& program, const AdaptationTraining& training, const Task& task) {
  const Shape images{training.batch, task.size, task.size, task.channels};
  x_a = program.input("x_a", images);
  y_a = program.input("y_a", Type{DType::i32, {training.batch, 1, 1, 1}});
  x_p = program.input("x_p", images);
}

std::vector<Phase> adaptation_phases(const AdaptationSpec& own, std::vector<std::string> networks,
                                     std::function<void(Program&)> step, std::vector<Schedule> schedules,
                                     const Spec& spec, const RunData& data) {
  const AdaptationTraining& training = own.train;
  Phase phase{kAdapt, kWeights, std::move(networks), std::move(step)};
  for (const std::string& network : phase.networks)
    if (network == "F_A" || network == "F_P") phase.start.push_back({network, kPretrain, "F_A", {}, {}});
  phase.feeds = {{"x_a", "y_a", data.source("train"), training.augmentation, training.batch, "adapt source"},
                 {"x_p", "", data.target("train"), training.augmentation, training.batch, "adapt target"}};
  phase.schedules = std::move(schedules);
  phase.steps_per_epoch = steps_per_epoch(training, data);
  phase.epochs = training.epochs;
  phase.validate_every = spec.log.validate_every;
  phase.checkpoint_every = spec.log.checkpoint_every;
  phase.validation = {"F_P", logits_of("F_P", own.classifier, spec.task()), data.target("validation"), without_labels,
                      ""};
  return {classifier_phase({kPretrain, "pretrained.safetensors", "F_A", spec.domains.source}, own.classifier,
                           own.pretrain, spec, data),
          phase};
}

Schedule adaptation_schedule(const AdaptationTraining& training, const std::string& optimizer, const std::string& name,
                             double lr) {
  return {optimizer, name, lr, training.adam(), training.epochs, 0};
}

std::vector<Evaluated> adaptation_rows(const AdaptationSpec& own, const std::string& row, bool source_by_F_A,
                                       const Spec& spec) {
  const RecordLogits by_F_A = logits_of("F_A", own.classifier, spec.task()),
                     by_F_P = logits_of("F_P", own.classifier, spec.task());
  return {{kPretrain, "F_A", by_F_A, by_F_A, "NoAdapt", EvaluatedAs::before_adaptation},
          {kAdapt, "F_P", by_F_P, source_by_F_A ? by_F_A : by_F_P, row, EvaluatedAs::adapted}};
}

}  // namespace tuna
