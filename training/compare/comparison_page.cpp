#include "training/compare/comparison_page.h"

#include <fmt/format.h>

#include "engine/base/counted.h"
#include "engine/base/normal_path.h"
#include "training/compare/comparison_curves.h"
#include "training/compare/comparison_tables.h"
#include "training/compare/results_text.h"
#include "training/report/html.h"
#include "training/report/mistakes.h"
#include "training/report/pictures.h"
#include "training/report/run_record.h"
#include "training/report/trivial_features_table.h"

namespace tuna {
namespace {

// The pictures of each method's first run: of the same images, as all runs of a part have the same.
std::string translations(const ComparisonResults& results) {
  std::string html;
  for (const MethodResults& method : results.methods) {
    std::string pictures;
    for (const RunPicture& picture : newest_pictures(method.runs[0].run.folder))
      pictures += picture_figure(picture, method.spec + "-");
    if (!pictures.empty())
      html += fmt::format("<h3>{}, {}</h3>\n{}", escape_html(method.name), escape_html(method.runs[0].run.part.name()),
                          pictures);
  }
  return html;
}

TestImages test_images(const RunResult& result) {
  return {result.run.spec.domains.target, result.run.spec.positive, result.row.images, result.row.positives};
}

// Of the adaptation with the best AUC, as the pictures of all would fill the page.
std::string worst_mistakes(const ComparisonResults& results) {
  const MethodResults* best = nullptr;
  for (const MethodResults& method : results.methods)
    if (method.as == EvaluatedAs::adapted && method.auc() && (!best || method.auc()->mean > best->auc()->mean))
      best = &method;
  if (!best) return "";
  const RunResult& first = best->runs[0];
  const std::string figures = worst_mistakes_figures({first.row}, test_images(first), first.run.folder);
  if (figures.empty()) return "";
  return fmt::format("<h3>{}, {}</h3>\n{}", escape_html(best->name), escape_html(first.run.part.name()), figures);
}

std::string shortcuts(const ComparisonResults& results) {
  const RunResult& first = results.methods[0].runs[0];
  return trivial_features_table(first.trivial_features, test_images(first), first.run.name());
}

std::string specs(const ComparisonResults& results) {
  std::string html = "<h3>Specs</h3>\n";
  for (const Spec& spec : results.comparison.specs)
    html += fmt::format("<details><summary>{}</summary>\n<pre tabindex=\"0\">{}</pre></details>\n",
                        escape_html(spec.name), escape_html(to_json(spec)));
  return html;
}

std::string design(const Comparison& comparison) {
  const DomainsSpec& domains = comparison.specs[0].domains;
  return fmt::format("{} → {} · {}{} from {} · images.csv has the images of all runs", domains.source, domains.target,
                     comparison.folds > 0 ? fmt::format("{} · ", counted(comparison.folds, "fold")) : "",
                     counted(comparison.seeds, "seed"), comparison.specs[0].seed);
}

}  // namespace

std::string comparison_page(const ComparisonResults& results, PagePictures pictures) {
  Page page;
  page.title = normal_path(std::filesystem::absolute(results.comparison.folder)).filename().string();
  page.kind = results.finished == results.all ? "Comparison of methods" : "Comparison that is not finished";
  page.lead = in_words(results);
  page.details = design(results.comparison);
  if (results.methods.empty()) return to_html(page);
  page.sections = {{"results", "Results",
                    compared_results_table(results) + gains_table(results) + compared_curves(results)
                        + compared_scores_table(results)},
                   {"shortcuts", "Shortcuts", shortcuts(results)},
                   {"mistakes", "Worst mistakes", pictures == PagePictures::with ? worst_mistakes(results) : ""},
                   {"translations", "Translations", pictures == PagePictures::with ? translations(results) : ""},
                   {"runs", "The runs", runs_table(results) + specs(results)}};
  return to_html(page);
}

}  // namespace tuna
