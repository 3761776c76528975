#include "training/compare/same_training.h"

#include <algorithm>

namespace tuna {
namespace {

template <class Items, class Same>
bool all_same(const Items& a, const Items& b, Same same) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

bool same_images(const std::vector<Sample>& a, const std::vector<Sample>& b) {
  return all_same(a, b, [](const Sample& x, const Sample& y) { return x.path == y.path && x.label == y.label; });
}

bool same_feed(const Feed& a, const Feed& b) {
  return a.images == b.images && a.labels == b.labels && a.augmentation == b.augmentation && a.batch == b.batch
         && a.stream == b.stream && a.of_source_prior == b.of_source_prior && same_images(a.samples, b.samples);
}

// The functions cannot be compared, so some of their values are.
bool same_input(const StepInput& a, const StepInput& b) {
  if (a.name != b.name || a.optimizer != b.optimizer) return false;
  const auto same_at = [&](int64_t updates) { return a.values(updates) == b.values(updates); };
  return same_at(0) && same_at(1) && same_at(10) && same_at(1000);
}

bool same_schedule(const Schedule& a, const Schedule& b) {
  return a.optimizer == b.optimizer && a.lr == b.lr && a.adam == b.adam && a.epochs == b.epochs
         && a.decay_epochs == b.decay_epochs;
}

// Whether the same weights are kept: the figure that chooses them has a name of its own.
bool same_choice(const Phase& a, const Phase& b) {
  const auto chooses = [](const Phase& phase) { return phase.validation && !phase.validation->best.empty(); };
  if (!chooses(a) && !chooses(b)) return true;
  if (!chooses(a) || !chooses(b)) return false;
  const Validation &x = *a.validation, &y = *b.validation;
  return x.best == y.best && x.smallest_is_best == y.smallest_is_best && x.network == y.network
         && a.validate_every == b.validate_every && same_images(x.samples, y.samples)
         && same_images(x.source_samples, y.source_samples);
}

bool same_program(const Phase& a, const Phase& b, DType activation) {
  Program x(activation), y(activation);
  a.record(x);
  b.record(y);
  return x.same_as(y);
}

bool same_result(const PhaseOf& one, const PhaseOf& other, const std::string& of_one, const std::string& of_other,
                 DType activation) {
  if (of_one.empty() || of_other.empty()) return of_one == of_other;
  return train_the_same({find_phase(one.method, of_one), one.method},
                        {find_phase(other.method, of_other), other.method}, activation);
}

bool same_start(const PhaseOf& one, const PhaseOf& other, DType activation) {
  return all_same(one.phase.start, other.phase.start, [&](const WeightsFrom& a, const WeightsFrom& b) {
    return a.network == b.network && a.its_network == b.its_network && a.file == b.file && a.fresh == b.fresh
           && same_result(one, other, a.phase, b.phase, activation);
  });
}

bool same_prior(const PhaseOf& one, const PhaseOf& other, DType activation) {
  const auto &a = one.phase.prior_from, &b = other.phase.prior_from;
  if (!a || !b) return !a && !b;
  return a->network == b->network && same_result(one, other, a->phase, b->phase, activation);
}

}  // namespace

bool train_the_same(const PhaseOf& one, const PhaseOf& other, DType activation) {
  const Phase &a = one.phase, &b = other.phase;
  return a.networks == b.networks && a.steps_per_epoch == b.steps_per_epoch && a.epochs == b.epochs
         && all_same(a.feeds, b.feeds, same_feed) && all_same(a.schedules, b.schedules, same_schedule)
         && all_same(a.inputs, b.inputs, same_input) && same_choice(a, b) && same_start(one, other, activation)
         && same_prior(one, other, activation) && same_program(a, b, activation);
}

}  // namespace tuna
