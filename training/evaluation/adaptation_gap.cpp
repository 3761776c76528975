#include "training/evaluation/adaptation_gap.h"

#include <cmath>
#include <optional>

namespace tuna {
namespace {

// Rounded as printed, so that the words agree with the figures.
std::optional<double> auc_of(EvaluatedAs as, const std::vector<Evaluation>& rows) {
  for (const Evaluation& row : rows)
    if (row.as == as && row.at.at(0).metrics) return std::round(1000 * row.at.at(0).metrics->auc) / 1000;
  return std::nullopt;
}

}  // namespace

std::string adaptation_in_words(const std::vector<Evaluation>& rows, const DomainsSpec& domains) {
  const std::optional<double> before = auc_of(EvaluatedAs::before_adaptation, rows),
                              after = auc_of(EvaluatedAs::adapted, rows),
                              supervised = auc_of(EvaluatedAs::upper_bound, rows);
  if (!before || !after) return "";
  const std::string knows_source =
      fmt::format("a classifier trained on \"{}\" only (AUC {:.3f})", domains.source, *before);
  if (!supervised) {
    const char* effect = *after > *before ? "raised" : *after < *before ? "lowered" : "did not change";
    return fmt::format("Adaptation {} the AUC on \"{}\": {:.3f}, from {:.3f} of a classifier trained on \"{}\" only.\n",
                       effect, domains.target, *after, *before, domains.source);
  }
  const std::string knows_target =
      fmt::format("one trained with the labels of \"{}\" (AUC {:.3f})", domains.target, *supervised);
  if (*supervised <= *before)
    return fmt::format("There was no gap for adaptation to close between {} and {}; the adapted one has AUC {:.3f}.\n",
                       knows_source, knows_target, *after);
  if (*after < *before)
    return fmt::format("Adaptation made it worse, AUC {:.3f}, and did not close the gap between {} and {}.\n", *after,
                       knows_source, knows_target);
  const double closed = (*after - *before) / (*supervised - *before);
  return fmt::format("Adaptation closed {} the gap between {} and {}: it reached AUC {:.3f}.\n",
                     closed >= 1 ? "all of" : fmt::format("{:.0f} % of", 100 * closed), knows_source, knows_target,
                     *after);
}

}  // namespace tuna
