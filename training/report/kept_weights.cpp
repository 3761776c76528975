#include "training/report/kept_weights.h"

#include <algorithm>
#include <cmath>

#include "training/report/html.h"
#include "training/report/table.h"

namespace tuna {
namespace {

constexpr const char* kOracle = "oracle_auc";  // of a validation, in metrics.jsonl

/// The finite values of the oracle, by step.
std::vector<Point> oracle_of(const PhaseMetrics& phase) {
  std::vector<Point> points;
  if (const auto found = phase.figures.find(kOracle); found != phase.figures.end()) points = found->second;
  std::erase_if(points, [](const Point& point) { return !std::isfinite(point.y); });
  return points;
}

std::string value_at(const std::vector<Point>& points, int64_t step) {
  for (const Point& point : points)
    if (int64_t(point.x) == step) return decimals(point.y, 3);
  return "–";
}

TableGroup group_of(const PhaseMetrics& phase, const std::vector<Point>& oracle) {
  const auto best =
      std::max_element(oracle.begin(), oracle.end(), [](const Point& a, const Point& b) { return a.y < b.y; });
  const bool is_last = phase.best_by.empty();
  const int64_t kept = is_last ? int64_t(oracle.back().x) : phase.best_step;
  const std::string name = escape_html(phase.phase), hidden = "<span class=\"unseen\">" + name + "</span>";
  return {{{name, is_last ? "the last validated" : "kept, by " + escape_html(phase.best_by), grouped(kept),
            value_at(oracle, kept)},
           {hidden, "the best by the oracle\u00A0*", grouped(int64_t(best->x)), decimals(best->y, 3)}},
          {false, true}};
}

}  // namespace

std::string kept_weights_table(const std::vector<PhaseMetrics>& phases) {
  HtmlTable table{"table-kept-weights",
                  "Weights that a phase leaves, and those that labels would have chosen. The oracle is the AUC on "
                  "labelled validation images of the target.",
                  {{"Phase"}, {"Weights"}, {"Step", Align::right}, {"Oracle AUC\u00A0*", Align::right}},
                  {}};
  for (const PhaseMetrics& phase : phases)
    if (const std::vector<Point> oracle = oracle_of(phase); !oracle.empty())
      table.groups.push_back(group_of(phase, oracle));
  table.notes =
      "* It uses target labels, and nothing is chosen by it: how far a choice without labels was from the best.";
  return table.groups.empty() ? "" : to_html(table);
}

}  // namespace tuna
