#include "training/report/result_tables.h"

#include <fmt/format.h>

#include "engine/base/counted.h"
#include "training/methods/published_results.h"
#include "training/report/html.h"
#include "training/report/table.h"

namespace tuna {
namespace {

using Cells = std::vector<std::string>;

constexpr int kPlaces = 3;

std::string cell(const std::optional<Measured>& figure) { return figure ? decimals(figure->value, kPlaces) : "–"; }

std::string interval(const std::optional<Measured>& figure) {
  if (!figure || !figure->interval_95) return "";
  return decimals(figure->interval_95->first, kPlaces) + " to " + decimals(figure->interval_95->second, kPlaces);
}

// The name of a row for readers that do not see that it is the one above.
std::string repeated(const std::string& name) { return "<span class=\"unseen\">" + name + "</span>"; }

Cells cells_of(const EvaluationRow& row, size_t threshold) {
  const ThresholdRow& at = row.thresholds[threshold];
  const bool first = threshold == 0;
  const std::string name = escape_html(row.name);
  return {first ? name : repeated(name),
          first ? cell(at.auc) : "",
          first ? interval(at.auc) : "",
          escape_html(at.chosen_on) + (at.uses_target_labels ? "\u00A0*" : ""),
          decimals(at.threshold, kPlaces),
          cell(at.accuracy),
          cell(at.sensitivity),
          cell(at.specificity),
          cell(at.f1)};
}

Cells cells_of(const PublishedRow& row) {
  const auto figure = [](const PublishedFigure& value) { return decimals(value.mean, kPlaces); };
  return {repeated(escape_html(row.name)) + "in the paper\u00A0†",
          figure(row.auc),
          "± " + decimals(row.auc.deviation, kPlaces),
          "target validation\u00A0*",
          "",
          figure(row.accuracy),
          figure(row.sensitivity),
          figure(row.specificity),
          decimals_of(row.f1.mean, 2, kPlaces)};
}

bool is_measured(const EvaluationRow& row) { return !row.thresholds.empty() && row.thresholds[0].auc.has_value(); }

}  // namespace

std::string in_words(const TestImages& images) {
  return fmt::format("{} {} of “{}”, {} of them “{}”", grouped(images.images),
                     either(images.images, "test image", "test images"), escape_html(images.domain),
                     grouped(images.positives), escape_html(images.positive));
}

std::string results_table(const std::vector<EvaluationRow>& rows, const TestImages& images) {
  HtmlTable table{"table-results",
                  "Classifiers on the " + in_words(images)
                      + ": area under the ROC curve (AUC) with its 95\u00A0% interval, a bootstrap over patients, and "
                        "accuracy, sensitivity, specificity and F1 at each threshold.",
                  {{"Classifier"},
                   {"AUC", Align::right},
                   {"95\u00A0% interval", Align::right},
                   {"Threshold chosen on"},
                   {"Threshold", Align::right},
                   {"Acc.", Align::right},
                   {"Sen.", Align::right},
                   {"Spec.", Align::right},
                   {"F1", Align::right}},
                  {}};
  bool uses_labels = false, has_published = false;
  for (const EvaluationRow& row : rows) {
    TableGroup group;
    for (size_t i = 0; i < row.thresholds.size(); ++i) {
      group.rows.push_back(cells_of(row, i));
      uses_labels |= row.thresholds[i].uses_target_labels;
    }
    group.quiet.assign(group.rows.size(), false);
    if (const PublishedRow* paper = published_row(row.name); paper && is_measured(row)) {
      group.rows.push_back(cells_of(*paper));
      group.quiet.push_back(true);
      has_published = true;
    }
    table.groups.push_back(group);
  }
  if (uses_labels || has_published)
    table.notes = "* The threshold uses labels of the target; the other thresholds use none.";
  if (has_published)
    table.notes += std::string("<br/>† ") + escape_html(kPublishedBy)
                   + ". They are figures of other images than these, unless this run is trained on the same ones.";
  return to_html(table);
}

std::string scores_table(const std::vector<EvaluationRow>& rows, const TestImages& images) {
  HtmlTable table{"table-scores",
                  "Scores of the same " + in_words(images)
                      + ". Average precision: larger is better, and the fraction of positive images is chance. Brier "
                        "score and expected calibration error (ECE): smaller is better.",
                  {{"Classifier"},
                   {"Average precision", Align::right},
                   {"95\u00A0% interval", Align::right},
                   {"Brier score", Align::right},
                   {"95\u00A0% interval", Align::right},
                   {"ECE", Align::right}},
                  {}};
  for (const EvaluationRow& row : rows) {
    if (row.thresholds.empty() || !row.thresholds[0].average_precision) continue;
    const ThresholdRow& at = row.thresholds[0];
    table.groups.push_back({{{escape_html(row.name), cell(at.average_precision), interval(at.average_precision),
                              cell(at.brier), interval(at.brier), cell(at.calibration_error)}}});
  }
  return table.groups.empty() ? "" : to_html(table);
}

std::string groups_table(const std::vector<EvaluationRow>& rows, const TestImages& images) {
  HtmlTable table{"table-groups",
                  "AUC within groups of the " + in_words(images)
                      + ". If it is much lower within a source or a view than over all images, a classifier may "
                        "recognise that rather than disease.",
                  {{"Group"}, {"Images", Align::right}, {"Positive", Align::right}},
                  {}};
  if (rows.empty()) return "";
  for (const EvaluationRow& row : rows) table.columns.push_back({row.name, Align::right});
  const std::vector<GroupRow>& groups = rows[0].groups;
  for (size_t i = 0; i < groups.size(); ++i) {
    const GroupRow& group = groups[i];
    Cells cells = {escape_html(group.column) + ": " + (group.value.empty() ? "not given" : escape_html(group.value)),
                   grouped(group.images), grouped(group.positives)};
    for (const EvaluationRow& row : rows) cells.push_back(i < row.groups.size() ? cell(row.groups[i].auc) : "–");
    if (i == 0 || groups[i - 1].column != group.column) table.groups.emplace_back();
    table.groups.back().rows.push_back(cells);
  }
  return groups.empty() ? "" : to_html(table);
}

}  // namespace tuna
