#include "training/evaluation/adaptation_gap.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "training/evaluation/comparison.h"
#include "training/evaluation/metrics.h"

namespace tuna {
namespace {

/// The measured row with this role, if there is one.
const Evaluation* measured(EvaluatedAs as, const std::vector<Evaluation>& rows) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Evaluation& row) { return row.as == as; });
  return found == rows.end() || !found->at.at(0).metrics ? nullptr : &*found;
}

// Rounded as printed, so that the words agree with the figures.
double auc_of(const Evaluation& row) { return std::round(1000 * row.at.at(0).metrics->auc) / 1000; }

/// "-0.012 to +0.034" if the 95 % interval of the difference in AUC, a paired bootstrap over patients, contains 0;
/// otherwise empty, and so where intervals are not wanted (evaluate.bootstrap).
std::string interval_around_0(const Evaluation& one, const Evaluation& other) {
  constexpr int64_t kRounds = 1000;
  if (!one.test || !other.test || !one.at[0].intervals) return "";
  const std::optional<Interval> found = difference_in_auc({*one.test}, {*other.test}, kRounds, 0).interval;
  if (!found || !found->contains(0)) return "";
  return fmt::format("{:+.3f} to {:+.3f}", found->low, found->high);
}

/// "; one trained with the labels of ..." or nothing.
std::string and_supervised(const Evaluation* supervised, const DomainsSpec& domains) {
  if (!supervised) return "";
  return fmt::format("; one trained with the labels of \"{}\" has {:.3f}", domains.target, auc_of(*supervised));
}

}  // namespace

std::string adaptation_in_words(const std::vector<Evaluation>& rows, const DomainsSpec& domains) {
  const Evaluation *row_before = measured(EvaluatedAs::before_adaptation, rows),
                   *row_after = measured(EvaluatedAs::adapted, rows),
                   *row_supervised = measured(EvaluatedAs::upper_bound, rows);
  if (!row_before || !row_after) return "";
  const double before = auc_of(*row_before), after = auc_of(*row_after);
  if (after < kAucOfChance)
    return fmt::format(
        "The adapted classifier is below chance (0.5) on \"{}\": AUC {:.3f}, and {:.3f} of a classifier "
        "trained on \"{}\" only{}.\n",
        domains.target, after, before, domains.source, and_supervised(row_supervised, domains));
  if (const std::string interval = interval_around_0(*row_after, *row_before); !interval.empty())
    return fmt::format(
        "The effect of adaptation is not distinguishable from 0: AUC {:.3f} on \"{}\", and {:.3f} of a "
        "classifier trained on \"{}\" only (95 % interval of the difference {}){}.\n",
        after, domains.target, before, domains.source, interval, and_supervised(row_supervised, domains));
  const std::string knows_source =
      fmt::format("a classifier trained on \"{}\" only (AUC {:.3f})", domains.source, before);
  if (!row_supervised) {
    const char* effect = after > before ? "raised" : after < before ? "lowered" : "did not change";
    return fmt::format("Adaptation {} the AUC on \"{}\": {:.3f}, from {:.3f} of a classifier trained on \"{}\" only.\n",
                       effect, domains.target, after, before, domains.source);
  }
  const double supervised = auc_of(*row_supervised);
  const std::string knows_target =
      fmt::format("one trained with the labels of \"{}\" (AUC {:.3f})", domains.target, supervised);
  const std::string gap = interval_around_0(*row_supervised, *row_before);
  if (supervised <= before || !gap.empty())
    return fmt::format(
        "There was no gap for adaptation to close between {} and {}{}; the adapted one has AUC {:.3f}.\n", knows_source,
        knows_target, gap.empty() ? "" : fmt::format(" (95 % interval of the difference {})", gap), after);
  if (after < before)
    return fmt::format("Adaptation made it worse, AUC {:.3f}, and did not close the gap between {} and {}.\n", after,
                       knows_source, knows_target);
  const double closed = (after - before) / (supervised - before);
  return fmt::format("Adaptation closed {} the gap between {} and {}: it reached AUC {:.3f}.\n",
                     closed >= 1 ? "all of" : fmt::format("{:.0f} % of", 100 * closed), knows_source, knows_target,
                     after);
}

}  // namespace tuna
