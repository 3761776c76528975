#include "training/methods/adaptation_phase.h"

#include <algorithm>

#include "training/methods/target_validation.h"

namespace tuna {

AdaptationInputs::AdaptationInputs(Program& program, int64_t batch, const Task& task) {
  const Shape images{batch, task.size, task.size, task.channels};
  x_a = program.input("x_a", images);
  y_a = program.input("y_a", Type{DType::i32, {batch, 1, 1, 1}});
  x_p = program.input("x_p", images);
}

Phase adaptation_phase(const ClassifierOptions& classifier, const AdaptationImages& images,
                       std::vector<std::string> networks, std::function<void(Program&)> step, const Spec& spec,
                       const RunData& data) {
  Phase phase{"adapt", kWeights, std::move(networks), std::move(step)};
  for (const std::string& network : phase.networks)
    if (network == "F_A" || network == "F_P") phase.start.push_back({network, "pretrain", "F_A", {}, {}});
  phase.feeds = {{"x_a", "y_a", data.source("train"), images.augmentation, images.batch, "adapt source", true},
                 {"x_p", "", data.target("train"), images.augmentation, images.batch, "adapt target"}};
  phase.prior_from = {"pretrain", "F_A", logits_of("F_A", classifier, spec.task())};
  phase.steps_per_epoch = steps_per_epoch(images.steps_per_epoch, images.batch, data);
  phase.epochs = images.epochs;
  phase.validate_every = spec.log.validate_every;
  phase.checkpoint_every = spec.log.checkpoint_every;
  const Task task = spec.task();
  const bool has_F_A = std::count(phase.networks.begin(), phase.networks.end(), "F_A") > 0;
  const RecordLogits logits = logits_of("F_P", classifier, task);
  phase.validation = target_validation({"F_P", logits, features_of("F_P", classifier, task), logits,
                                        has_F_A ? logits_of("F_A", classifier, task) : RecordLogits()},
                                       images.select, "smaller learning rates of phase adapt may prevent it", data);
  return phase;
}

std::vector<Evaluated> adaptation_rows(const ClassifierOptions& classifier, const std::string& row,
                                       const std::string& of_source, const Spec& spec) {
  const auto logits = [&](const std::string& network) { return logits_of(network, classifier, spec.task()); };
  return {{"pretrain", "F_A", logits("F_A"), logits("F_A"), "NoAdapt", EvaluatedAs::before_adaptation},
          {"adapt", "F_P", logits("F_P"), logits(of_source), row, EvaluatedAs::adapted}};
}

}  // namespace tuna
