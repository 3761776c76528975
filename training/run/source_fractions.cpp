#include "training/run/source_fractions.h"

#include <algorithm>

#include "engine/files/weights.h"
#include "training/evaluation/label_shift.h"

namespace tuna {
namespace {

// So that both kinds of images remain, whatever the estimate is.
constexpr double kSmallest = 0.05;

PriorEstimate estimate(Session& session, const PriorFrom& from) {
  const Spec& spec = session.spec;
  State state(uint64_t(spec.seed), session.target.device);
  Predictor predict(from.logits, spec.data.format, spec.evaluate.batch, session.target, state);
  load_weights(SafetensorsFile(session.result_of(from.phase)), state, {from.network + ".", from.network + ".", {}});
  const auto probabilities = [&](const std::vector<Sample>& samples) {
    return predict(samples, session.cache, int(spec.data.loader_threads));
  };
  const std::vector<Sample> validation = session.data.source("validation"), target = session.data.target("train");
  const Predictions source = scores_of(probabilities(validation), validation, spec);
  return estimate_prior(source, positive_scores(probabilities(target), target.size(), spec), youden_threshold(source));
}

// The other classes keep their proportions.
std::vector<double> fractions_with(double positive, const std::vector<Sample>& samples, const Spec& spec) {
  std::vector<double> fractions;
  double others = 0;
  for (const std::string& name : spec.classes) {
    const auto count = std::count_if(samples.begin(), samples.end(), [&](const Sample& s) { return s.label == name; });
    fractions.push_back(double(count));
    if (name != spec.positive) others += double(count);
  }
  for (size_t i = 0; i < fractions.size(); ++i)
    fractions[i] = spec.classes[i] == spec.positive ? positive : (1 - positive) * fractions[i] / others;
  return fractions;
}

}  // namespace

std::vector<double> source_fractions(Session& session, const Phase& phase) {
  const WordOrNumbers& prior = session.spec.data.source_prior;
  const size_t classes = session.spec.classes.size();
  if (!prior.numbers.empty()) return prior.numbers;
  if (prior.word == "balanced") return std::vector<double>(classes, 1.0 / double(classes));
  if (prior.word == "as_is" || !phase.prior_from) return {};
  const PriorEstimate estimated = estimate(session, *phase.prior_from);
  const std::string &positive = session.spec.positive, &target = session.spec.domains.target;
  if (!estimated.prior) {
    session.run.log(
        fmt::format("warning: data.source_prior: the prior of '{}' cannot be estimated: {}; source images "
                    "of phase {} are taken as they are",
                    target, estimated.unavailable, phase.name));
    return {};
  }
  const double used = std::clamp(*estimated.prior, kSmallest, 1 - kSmallest);
  session.run.log(fmt::format("{}: {:.1f} % of the source images are '{}', as estimated for '{}'{}", phase.name,
                              100 * used, positive, target,
                              used == *estimated.prior ? "" : fmt::format(" ({:.1f} %)", 100 * *estimated.prior)));
  return fractions_with(used, session.data.source("train"), session.spec);
}

}  // namespace tuna
