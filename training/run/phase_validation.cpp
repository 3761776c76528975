#include "training/run/phase_validation.h"

#include <algorithm>
#include <cmath>

namespace tuna {
namespace {

std::vector<RecordValues> records_of(const Validation& validation) {
  std::vector<RecordValues> records = {probabilities_of(validation.logits)};
  if (validation.features) records.push_back(validation.features);
  if (validation.other) records.push_back(probabilities_of(validation.other));
  return records;
}

Probabilities as_probabilities(SampleValues values) { return {values.width, std::move(values.values)}; }

}  // namespace

PhaseValidation::PhaseValidation(Session& session, const Validation& validation, State& state)
    : session_(session),
      validation_(validation),
      on_target_(records_of(validation), session.spec.data.format, session.spec.evaluate.batch, session.target, state) {
  if (validation.source_logits)
    on_source_ =
        std::make_unique<Inference>(std::vector{probabilities_of(validation.source_logits)}, session.spec.data.format,
                                    session.spec.evaluate.batch, session.target, state);
}

void PhaseValidation::start() {
  if (!validation_.features || validation_.if_collapsed.empty() || validation_.samples.empty()) return;
  keep_norm(outputs());
}

// From the first validation at which the network does not guess: before that there is nothing to lose, as after a short
// pretraining.
void PhaseValidation::keep_norm(const ValidationOutputs& found) {
  std::optional<double>& kept = session_.progress.feature_norm_at_start;
  if (kept || !found.features) return;
  const double norm = mean_norm(*found.features);
  const std::vector<double>& values = found.probabilities.values;
  const bool is_finite = std::isfinite(norm) && std::all_of(values.begin(), values.end(), [](double value) {
                           return std::isfinite(value);
                         });
  if (is_finite && !is_guessing(found.probabilities)) kept = norm;
}

nlohmann::json PhaseValidation::measure() {
  const ValidationOutputs found = outputs();
  session_.check_finite(found.probabilities, validation_.network);
  nlohmann::json measured = validation_.measure(found, validation_.samples, session_.spec);
  if (validation_.if_collapsed.empty()) return measured;
  warn_of_collapse(measured);
  keep_norm(found);
  return measured;
}

ValidationOutputs PhaseValidation::outputs() {
  const int threads = int(session_.spec.data.loader_threads);
  std::vector<SampleValues> found = on_target_(validation_.samples, session_.cache, threads);
  ValidationOutputs outputs{as_probabilities(std::move(found[0]))};
  if (validation_.features) outputs.features = std::move(found[1]);
  if (validation_.other) outputs.other = as_probabilities(std::move(found.back()));
  if (on_source_)
    outputs.source_validation =
        scores_of(as_probabilities(std::move((*on_source_)(validation_.source_samples, session_.cache, threads)[0])),
                  validation_.source_samples, session_.spec);
  return outputs;
}

void PhaseValidation::warn_of_collapse(const nlohmann::json& measured) {
  const Progress& progress = session_.progress;
  const std::string collapse =
      collapse_of(measured, progress.feature_norm_at_start, int64_t(session_.spec.classes.size()));
  if (!collapse.empty() && !collapsed_) {
    session_.console.end();
    session_.run.warn(fmt::format("{} step {}: {} has collapsed on validation images of '{}': {}; {}", progress.phase,
                                  progress.step, validation_.network, session_.spec.domains.target, collapse,
                                  validation_.if_collapsed));
  }
  collapsed_ = !collapse.empty();
}

}  // namespace tuna
