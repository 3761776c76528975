#include "training/report/run_report.h"

#include <fmt/format.h>

#include "training/report/evaluation_rows.h"
#include "training/report/html.h"
#include "training/report/kept_weights.h"
#include "training/report/mistakes.h"
#include "training/report/pictures.h"
#include "training/report/result_curves.h"
#include "training/report/result_tables.h"
#include "training/report/run_facts.h"
#include "training/report/training_curves.h"
#include "training/report/trivial_features_table.h"

namespace tuna {
namespace {

std::string unfinished(const RunRecord& run) {
  if (run.phases.empty()) return "The run has not taken a step that was logged.";
  const PhaseMetrics& phase = run.phases.back();
  return fmt::format("The run is not finished: it was at step {} of phase {}, in epoch {}.", grouped(phase.step),
                     phase.phase, grouped(phase.epoch));
}

std::string result_in_words(const RunRecord& run, const std::vector<EvaluationRow>& rows, const TestImages& images) {
  if (run.evaluation.is_null()) return unfinished(run);
  if (const std::string summary = text_at(run.evaluation, "summary"); !summary.empty()) return summary;
  std::string aucs;
  for (const EvaluationRow& row : rows)
    if (!row.thresholds.empty() && row.thresholds[0].auc)
      aucs += fmt::format("{}{} {}", aucs.empty() ? "" : ", ", row.name, decimals(row.thresholds[0].auc->value, 3));
  if (aucs.empty()) return "Nothing was measured, as the test images do not have labels of both kinds.";
  return fmt::format("AUC on the test images of “{}”: {}.", images.domain, aucs);
}

TestImages test_images(const RunRecord& run, const std::vector<EvaluationRow>& rows) {
  TestImages images;
  images.domain = text_at(run.evaluation, "domain");
  images.positive = text_at(run.evaluation, "positive");
  if (!rows.empty()) {
    images.images = rows[0].images;
    images.positives = rows[0].positives;
  }
  return images;
}

std::string details(const RunRecord& run) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() || part.empty() ? "" : " · ") + part; };
  if (run.spec.contains("domains"))
    add(text_at(run.spec["domains"], "source") + " → " + text_at(run.spec["domains"], "target"));
  if (const std::string method = text_at(run.spec, "method"); !method.empty()) add("method " + method);
  if (!run.log.build.empty()) add("tuna " + run.log.build);
  add(run.log.ended);
  return text;
}

std::string results(const std::vector<EvaluationRow>& rows, const TestImages& images) {
  if (rows.empty()) return "";
  return results_table(rows, images) + result_curves(rows, images) + scores_table(rows, images)
         + groups_table(rows, images);
}

}  // namespace

std::string run_report(const RunRecord& run, PagePictures pictures) {
  const bool is_finished = !run.evaluation.is_null();
  const std::string file = (run.folder / "evaluation.json").string();
  const std::vector<EvaluationRow> rows =
      is_finished ? evaluation_rows(run.evaluation, file) : std::vector<EvaluationRow>();
  const TrivialFeatures features = is_finished ? trivial_features_in(run.evaluation, file) : TrivialFeatures();
  const TestImages images = is_finished ? test_images(run, rows) : TestImages();
  std::string training, translations, mistakes;
  for (const PhaseMetrics& phase : run.phases) training += training_curves(phase);
  training += kept_weights_table(run.phases);
  if (pictures == PagePictures::with) {
    for (const RunPicture& picture : run.pictures) translations += picture_figure(picture);
    mistakes = worst_mistakes_figures(rows, images, run.folder);
  }

  Page page;
  page.title = text_at(run.spec, "name");
  if (page.title.empty()) page.title = run.folder.filename().string();
  page.kind = is_finished ? "Report of a run" : "Report of a run that is not finished";
  page.lead = result_in_words(run, rows, images);
  page.details = details(run);
  page.sections = {{"results", "Results", results(rows, images)},
                   {"shortcuts", "Shortcuts", trivial_features_table(features, images)},
                   {"mistakes", "Worst mistakes", mistakes},
                   {"translations", "Translations", translations},
                   {"training", "Training", training},
                   {"run", "The run", run_facts(run)}};
  return to_html(page);
}

}  // namespace tuna
