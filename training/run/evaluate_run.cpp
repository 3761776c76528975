#include "training/run/evaluate_run.h"

#include "engine/base/atomic_file.h"
#include "engine/base/build_info.h"
#include "engine/base/utf8.h"
#include "training/evaluation/adaptation_gap.h"
#include "training/evaluation/test_scores.h"
#include "training/methods/method.h"
#include "training/run/checkpoint.h"
#include "training/run/networks_of_run.h"
#include "training/run/run_files.h"
#include "training/run/run_lock.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

/// The images that a classifier is measured on; those of `test` have labels.
struct Measured {
  std::vector<Sample> test, source_validation, target_validation;
};

/// The scores of those samples that have labels.
Predictions of_labelled(const std::vector<Sample>& samples, const std::vector<double>& scores, const Spec& spec) {
  Predictions labelled;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].label.empty()) continue;
    labelled.scores.push_back(scores[i]);
    labelled.positive.push_back(samples[i].label == spec.positive);
    labelled.patients.push_back(samples[i].patient);
  }
  return labelled;
}

Evaluation evaluate_row(const Evaluated& row, const NetworksOfRun& networks, const Measured& images, const Spec& spec,
                        const Target& target, ImageCache& cache, const std::function<void()>& between_batches) {
  State state = State::of_zeros(target.device);
  networks.load(row.phase, {row.on_target, row.on_source}, spec, state);
  const auto probabilities = [&](const RecordLogits& logits, const std::vector<Sample>& samples) {
    Predictor predict(logits, spec.data.format, spec.evaluate.batch, target, state);
    return predict(samples, cache, int(spec.data.loader_threads), between_batches);
  };
  const auto scores = [&](const RecordLogits& logits, const std::vector<Sample>& samples) {
    return scores_of(probabilities(logits, samples), samples, spec);
  };
  EvaluatedScores all;
  std::optional<Probabilities> test;
  if (RunData::both_kinds(images.test, spec)) {
    test = probabilities(row.on_target, images.test);
    all.test = scores_of(*test, images.test, spec);
  }
  all.source_validation = scores(row.on_source, images.source_validation);
  all.unlabelled_validation =
      positive_scores(probabilities(row.on_target, images.target_validation), images.target_validation.size(), spec);
  if (RunData::both_kinds(RunData::labelled(images.target_validation), spec))
    all.target_validation = of_labelled(images.target_validation, all.unlabelled_validation, spec);
  Evaluation evaluation = evaluate(row.row, row.network, std::move(all), spec, between_batches);
  evaluation.as = row.as;
  if (!test) return evaluation;
  evaluation.groups =
      groups_of(*evaluation.test, images.test, spec.evaluate.groups, spec.evaluate.bootstrap, uint64_t(spec.seed));
  evaluation.mistakes = worst_mistakes(*test, images.test, evaluation.at.at(0).threshold, spec);
  return evaluation;
}

}  // namespace

std::vector<Evaluation> evaluate_run(const fs::path& run, const RunData& data, const Target& target,
                                     const SafetensorsFile* checkpoint, const std::function<void()>& between_batches) {
  const Spec spec = spec_of_trained(run, checkpoint);
  const std::vector<Phase> phases = method_of(spec).phases(spec, data);
  const NetworksOfRun networks(run, checkpoint, phases);
  ImageCache cache(spec.data.cache_bytes());
  const Measured images{RunData::labelled(data.target("test")), data.source("validation"), data.target("validation")};
  const std::vector<Evaluated> evaluated = method_of(spec).evaluations(spec);
  const Evaluated& main = main_evaluation(evaluated, phases);
  std::vector<Evaluation> rows;
  for (const Evaluated& row : evaluated) {
    if (row.row.empty() || networks.path(row.phase).empty()) continue;
    rows.push_back(evaluate_row(row, networks, images, spec, target, cache, between_batches));
    if (&row != &main) rows.back().mistakes.reset();
  }
  return rows;
}

std::string predictions_csv(const Spec& spec, const RunData& data, const std::vector<Evaluation>& rows) {
  if (rows.empty() || !rows[0].test) return "";
  return test_scores_text(RunData::labelled(data.target("test")), data_root(spec.data), rows);
}

void keep_predictions(const fs::path& run, const std::string& text) {
  const fs::path file = run / kPredictions;
  if (text.empty() || fs::exists(file) || !fs::exists(run / "evaluation.json")) return;
  const RunLock lock(run);
  RunFiles(run).add(file);
  write_file_atomically(file, text);
}

std::string evaluation_json(const Spec& spec, const std::vector<Evaluation>& rows,
                            const std::optional<BestTrivialFeature>& trivial, const SafetensorsFile* checkpoint) {
  nlohmann::json json = {{"positive", spec.positive},
                         {"domain", spec.domains.target},
                         {"split", "test"},
                         {"build", build_id()},
                         {"rows", nlohmann::json::array()}};
  if (std::string words = adaptation_in_words(rows, spec.domains); !words.empty()) {
    words.pop_back();  // the line break
    json["summary"] = words;
  }
  if (checkpoint) json["checkpoint"] = checkpoint_json(*checkpoint);
  for (const Evaluation& evaluation : rows) {
    json["rows"].push_back(to_json(evaluation));
    if (evaluation.mistakes) json["rows"].back()["mistakes"] = to_json(*evaluation.mistakes, data_root(spec.data));
  }
  if (trivial) add_to_json(json, *trivial);
  return json.dump(2) + "\n";
}

nlohmann::json checkpoint_json(const SafetensorsFile& checkpoint) {
  const Progress progress = checkpoint_progress(checkpoint);
  return {{"file", escape_bytes(fs::path(checkpoint.name()).filename().string())},
          {"phase", progress.phase},
          {"step", progress.step}};
}

}  // namespace tuna
