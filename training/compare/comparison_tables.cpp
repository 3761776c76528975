#include "training/compare/comparison_tables.h"

#include <fmt/format.h>

#include <limits>

#include "data/file.h"
#include "engine/base/counted.h"
#include "engine/base/duration.h"
#include "training/methods/published_results.h"
#include "training/report/html.h"
#include "training/report/run_log.h"
#include "training/report/table.h"

namespace tuna {
namespace {

using Cells = std::vector<std::string>;

constexpr int kPlaces = 3;

std::string cell(const std::optional<MeanAndDeviation>& figure) {
  if (!figure) return "–";
  return decimals(figure->mean, kPlaces) + (figure->deviation ? " ± " + decimals(*figure->deviation, kPlaces) : "");
}

std::string cell(const PublishedFigure& figure) {
  return decimals_of(figure.mean, kPlaces, kPlaces) + " ± " + decimals_of(figure.deviation, kPlaces, kPlaces);
}

std::string cell(const MethodResults& method, ThresholdFigure figure) {
  return cell(method.mean_of([&](const EvaluationRow& row) { return figure_of_scores(row, figure); }));
}

std::string cell(const MethodResults& method, const ChosenThreshold& threshold, ThresholdFigure figure) {
  return cell(method.mean_of([&](const EvaluationRow& row) { return figure_at(row, threshold.chosen_on, figure); }));
}

// "+0.123", or "62 %".
std::string in_unit(double value, bool as_percent) {
  if (as_percent) return decimals(100 * value, 0) + "\u00A0%";
  return (value > 0 ? "+" : "") + decimals(value, kPlaces);
}

Cells cells_of(const std::optional<Estimate>& estimate, bool as_percent) {
  if (!estimate) return {"–", ""};
  if (!estimate->interval) return {in_unit(estimate->value, as_percent), ""};
  return {in_unit(estimate->value, as_percent),
          in_unit(estimate->interval->low, as_percent) + " to " + in_unit(estimate->interval->high, as_percent)};
}

std::string unseen(const std::string& name) { return "<span class=\"unseen\">" + name + "</span>"; }

TableGroup group_of(const MethodResults& method) {
  TableGroup group;
  const std::string name = escape_html(method.name);
  for (const ChosenThreshold& threshold : method.thresholds()) {
    const bool first = group.rows.empty();
    group.rows.push_back(
        {first ? name : unseen(name), first ? grouped(int64_t(method.runs.size())) : "",
         first ? cell(method.auc()) : "",
         escape_html(threshold.chosen_on) + (threshold.uses_target_labels ? "\u00A0*" : ""),
         cell(method, threshold, &ThresholdRow::accuracy), cell(method, threshold, &ThresholdRow::sensitivity),
         cell(method, threshold, &ThresholdRow::specificity), cell(method, threshold, &ThresholdRow::f1)});
  }
  group.quiet.assign(group.rows.size(), false);
  if (const PublishedRow* paper = published_row(method.row)) {
    group.rows.push_back({unseen(name + " ") + "in the paper\u00A0†", "5", cell(paper->auc), "target validation\u00A0*",
                          cell(paper->accuracy), cell(paper->sensitivity), cell(paper->specificity), cell(paper->f1)});
    group.quiet.push_back(true);
  }
  return group;
}

RunLog log_of(const std::filesystem::path& run) {
  const std::filesystem::path file = run / "log.txt";
  return std::filesystem::is_regular_file(file) ? read_log(read_file(file, std::numeric_limits<uintmax_t>::max()))
                                                : RunLog();
}

}  // namespace

std::string compared_results_table(const ComparisonResults& results) {
  HtmlTable table{"table-results",
                  "Classifiers on the test images of “" + escape_html(results.comparison.specs[0].domains.target)
                      + "”: area under the ROC curve (AUC), and accuracy, sensitivity, specificity and F1 at each "
                        "threshold; mean ± standard deviation over the runs, which differ in seed"
                      + (results.comparison.folds > 0 ? " and fold." : "."),
                  {{"Classifier"},
                   {"Runs", Align::right},
                   {"AUC", Align::right},
                   {"Threshold chosen on"},
                   {"Acc.", Align::right},
                   {"Sen.", Align::right},
                   {"Spec.", Align::right},
                   {"F1", Align::right}},
                  {}};
  for (const MethodResults& method : results.methods) table.groups.push_back(group_of(method));
  if (const auto& trivial = results.best_trivial_feature)
    table.groups.push_back({{{escape_html(trivial->name) + " alone", grouped(int64_t(trivial->parts)),
                              decimals(trivial->auc, kPlaces), "", "", "", "", ""}}});
  table.notes = std::string("* The threshold uses labels of the target; the other thresholds use none.<br/>† ")
                + escape_html(kPublishedBy)
                + ". They are figures of other images than these, unless these runs are trained on the same ones.";
  if (const auto& trivial = results.best_trivial_feature)
    table.notes += fmt::format(
        "<br/>The last row is a property of the files, such as their sharpness, that ranks the target’s labelled "
        "validation images best{}. A classifier that is not clearly above it may have learned that in place of "
        "disease.",
        trivial->of_parts == 1
            ? ", measured on its test images"
            : fmt::format(" in {} of {}; its AUC is the mean over the test images of {}", trivial->parts,
                          counted(trivial->of_parts, "fold or seed", "folds and seeds"),
                          either(trivial->parts, "that one", "these")));
  return to_html(table);
}

std::string gains_table(const ComparisonResults& results) {
  if (results.before.empty()) return "";
  HtmlTable table{"table-gains",
                  "Gain in AUC over " + escape_html(results.before) + ", with 95\u00A0% intervals: a bootstrap over "
                      "patients, with the same draws for all methods and runs"
                      + (results.upper_bound.empty()
                             ? std::string(".")
                             : ". Share of the gap: (AUC − " + escape_html(results.before) + ") / ("
                                   + escape_html(results.upper_bound) + " − " + escape_html(results.before) + ")."),
                  {{"Classifier"},
                   {"Gain", Align::right},
                   {"95\u00A0% interval", Align::right},
                   {"Of the gap", Align::right},
                   {"95\u00A0% interval", Align::right},
                   {"In the paper", Align::right}},
                  {}};
  for (const MethodResults& method : results.methods) {
    if (!method.gain) continue;
    const Cells gain = cells_of(method.gain, false), share = cells_of(method.share_of_gap, true);
    const std::optional<double> paper = published_share_of_gap(method.row);
    table.groups.push_back(
        {{{escape_html(method.name), gain[0], gain[1], share[0], share[1], paper ? in_unit(*paper, true) : ""}}});
  }
  return table.groups.empty() ? "" : to_html(table);
}

std::string compared_scores_table(const ComparisonResults& results) {
  HtmlTable table{
      "table-scores",
      "Scores on the same images, mean ± standard deviation over the runs. Average precision: larger is "
      "better. Brier score and expected calibration error (ECE): smaller is better.",
      {{"Classifier"}, {"Average precision", Align::right}, {"Brier score", Align::right}, {"ECE", Align::right}},
      {}};
  for (const MethodResults& method : results.methods)
    table.groups.push_back({{{escape_html(method.name), cell(method, &ThresholdRow::average_precision),
                              cell(method, &ThresholdRow::brier), cell(method, &ThresholdRow::calibration_error)}}});
  return to_html(table);
}

std::string runs_table(const ComparisonResults& results) {
  HtmlTable table{"table-runs",
                  "The finished runs. Each has a page of its own with its losses, rates and spec.",
                  {{"Run"}, {"AUC", Align::right}, {"Time", Align::right}, {"Build"}, {"Processor"}, {"Device"}},
                  {}};
  for (const MethodResults& method : results.methods) {
    table.groups.emplace_back();
    for (const RunResult& result : method.runs) {
      const RunLog log = log_of(result.run.folder);
      const std::string name = result.run.name();
      const std::optional<Measured> auc = figure_of_scores(result.row, &ThresholdRow::auc);
      table.groups.back().rows.push_back(
          {fmt::format("<a href=\"runs/{}/report.html\">{}</a>", url_of_path(name), escape_html(name)),
           auc ? decimals(auc->value, kPlaces) : "–", human_seconds(log.seconds), escape_html(log.build),
           escape_html(log.processor), escape_html(log.device)});
    }
  }
  return to_html(table);
}

}  // namespace tuna
