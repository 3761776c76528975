#include "training/report/trivial_features_table.h"

#include "training/report/html.h"
#include "training/report/table.h"

namespace tuna {
namespace {

constexpr int kPlaces = 3;

std::string direction(const TrivialFeatureRow& row, const std::string& positive) {
  if (row.auc.value == 0.5) return "no difference";
  if (!row.larger) return "by its texts";
  return (*row.larger ? "larger in " : "smaller in ") + escape_html(positive);
}

std::string interval(const Measured& figure) {
  if (!figure.interval_95) return "";
  return decimals(figure.interval_95->first, kPlaces) + " to " + decimals(figure.interval_95->second, kPlaces);
}

}  // namespace

std::string trivial_features_table(const TrivialFeatures& features, const TestImages& images, const std::string& run) {
  if (!features.skipped.empty())
    return "<p>No trivial feature is measured: " + escape_html(features.skipped) + ".</p>\n";
  if (features.rows.empty()) return "";
  HtmlTable table{"table-trivial-features",
                  "How well numbers that a program reads without looking at the lungs rank the " + in_words(images)
                      + (run.empty() ? "" : " of the run " + escape_html(run))
                      + ": 0.5 is chance, 1 is always right, and below 0.5 the direction of the validation images does "
                        "not hold.",
                  {{"Feature"},
                   {"AUC", Align::right},
                   {"95\u00A0% interval", Align::right},
                   {"Direction"},
                   {"AUC on validation images", Align::right}},
                  {}};
  table.groups.emplace_back();
  for (const TrivialFeatureRow& row : features.rows)
    table.groups[0].rows.push_back({escape_html(row.name), decimals(row.auc.value, kPlaces), interval(row.auc),
                                    direction(row, images.positive),
                                    row.validation_auc ? decimals(*row.validation_auc, kPlaces) : "–"});
  table.notes =
      "Directions are those of labelled validation images of the target, and the first feature is the best there. "
      "Texts "
      "are ranked by the share of positive images that have them there. "
      "<code>tuna data audit</code> measures both domains, and pairs of features.";
  return "<p>A classifier whose AUC does not clearly exceed that of the first line has not shown that it sees the "
         "disease: the images of the classes may differ in device, hospital or file.</p>\n"
         + to_html(table);
}

}  // namespace tuna
