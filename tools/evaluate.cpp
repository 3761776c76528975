// `tuna evaluate`: the table of a run, or one classifier on any labelled images.
#include "training/evaluation/evaluate.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "data/changed_images.h"
#include "engine/base/atomic_file.h"
#include "engine/base/build_info.h"
#include "engine/base/counted.h"
#include "engine/base/normal_path.h"
#include "engine/base/print_error.h"
#include "engine/base/utf8.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/message.h"
#include "tools/command_line/output_file.h"
#include "tools/command_line/readable_images.h"
#include "tools/command_line/trained_networks.h"
#include "training/evaluation/adaptation_gap.h"
#include "training/evaluation/decision.h"
#include "training/evaluation/predictions_file.h"
#include "training/run/evaluate_run.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

struct Options {
  NetworksOption networks;
  ImagesOption images;
  std::string manifest, domain, predictions, data_root;
  bool as_json = false;
};

/// Which images, and what to call them.
struct Images {
  std::vector<Sample> samples;
  std::string what, domain;
};

std::set<std::string> domains_of(const std::vector<Sample>& samples) {
  std::set<std::string> domains;
  for (const Sample& sample : samples) domains.insert(sample.domain);
  return domains;
}

// Metrics need positive and negative images; a label that the classifier does not know is most likely a typo.
void check_labels(const Images& images, const Spec& spec) {
  size_t positives = 0;
  for (const Sample& sample : images.samples) {
    check(std::count(spec.classes.begin(), spec.classes.end(), sample.label), "{}: label '{}' is not one of [{}]",
          sample.path.string(), sample.label, fmt::join(spec.classes, ", "));
    positives += sample.label == spec.positive;
  }
  check(positives > 0 && positives < images.samples.size(),
        "{}: {} of domain '{}', {} of them '{}'; positive and negative ones are needed", images.what,
        counted(images.samples.size(), "labelled image"), images.domain, positives, spec.positive);
}

Images images_to_evaluate(const Options& options, const Spec& spec, const RunData& data) {
  Images images;
  images.domain = options.domain.empty() ? spec.domains.target : options.domain;
  if (options.manifest.empty()) {
    images.what = "test images";
    check(images.domain == spec.domains.source || images.domain == spec.domains.target,
          "--domain {}: the spec's domains are {} and {}", images.domain, spec.domains.source, spec.domains.target);
    images.samples =
        RunData::labelled(images.domain == spec.domains.source ? data.source("test") : data.target("test"));
  } else {
    images.what = options.manifest;
    const Listing listing = read_manifest(options.manifest, spec.data.patient_regex);
    const std::vector<Sample>& all = listing.samples;
    for (const Sample& sample : RunData::labelled(all))
      if (sample.domain == images.domain) images.samples.push_back(sample);
    print_warnings(listing.warnings);
    print_warnings(listing.left_out);
    if (const size_t used = images.samples.size(); used > 0 && used < all.size())
      print_warnings({fmt::format("{}: left out: {} of {}, without a label or not of domain '{}'", options.manifest,
                                  all.size() - used, counted(all.size(), "image"), images.domain)});
    check(!images.samples.empty(), "{}: no labelled images of domain '{}'; its domains are {} (--domain)",
          options.manifest, images.domain, fmt::join(domains_of(all), ", "));
  }
  check_labels(images, spec);
  return images;
}

// The run's own images that the evaluation reads.
std::vector<Sample> evaluated_images(const RunData& data) {
  std::vector<Sample> all = data.source("validation");
  for (const std::vector<Sample>& samples : {data.source("test"), data.target("validation"), data.target("test")})
    all.insert(all.end(), samples.begin(), samples.end());
  return all;
}

void warn_of_training_images(const Images& images, const RunData& data) {
  std::set<std::filesystem::path> trained;
  for (const std::vector<Sample>& samples : {data.source("train"), data.target("train")})
    for (const Sample& sample : samples) trained.insert(std::filesystem::weakly_canonical(sample.path));
  const auto known = std::count_if(images.samples.begin(), images.samples.end(), [&](const Sample& sample) {
    return trained.count(std::filesystem::weakly_canonical(sample.path)) != 0;
  });
  if (known > 0)
    print_error("warning: {}: {} of {} {} trained on\n", images.what, known, counted(images.samples.size(), "image"),
                either(known, "was", "were"));
}

Evaluation evaluate_images(const Options& options, const TrainedNetworks& trained, const RunData& data, Images images,
                           const Evaluated& classifier) {
  const Spec& spec = trained.spec();
  const Target target = trained.target();
  ImageCache cache(spec.data.cache_bytes());
  if (!options.manifest.empty())
    check_readable(images.samples, options.images, spec, cache);  // training checked the run's own
  const auto classify = [&](const RecordLogits& logits, const std::vector<Sample>& samples) {
    State state = State::of_zeros(target.device);
    Predictor predictor(logits, spec.data.format, spec.evaluate.batch, target, state);
    trained.load(state);
    return predictor(samples, cache, int(spec.data.loader_threads));
  };
  const std::vector<Sample> validation = data.source("validation");
  const RecordLogits& on_source = trained.has(classifier.on_source) ? classifier.on_source : classifier.on_target;
  const Probabilities probabilities = classify(classifier.on_target, images.samples);
  EvaluatedScores scores;
  scores.test = scores_of(probabilities, images.samples, spec);
  scores.source_validation = scores_of(classify(on_source, validation), validation, spec);
  const Evaluation evaluation = evaluate(classifier.network, classifier.network, std::move(scores), spec);
  if (!options.predictions.empty())
    write_file_atomically(options.predictions,
                          predictions_text(images.samples, probabilities, spec, [&](size_t sample) {
                            return decide(probabilities, sample, evaluation.at.at(0).threshold, spec);
                          }));
  return evaluation;
}

void print_run_table(const Options& options, const TrainedNetworks& trained, const RunData& data) {
  const SafetensorsFile* checkpoint = trained.checkpoint().empty() ? nullptr : &trained.weights();
  const std::vector<Evaluation> rows = evaluate_run(trained.run(), data, trained.target(), checkpoint);
  Spec spec = trained.spec();
  if (!options.data_root.empty()) spec.data.root = normal_path(std::filesystem::absolute(options.data_root));
  const std::optional<BestTrivialFeature> trivial = best_trivial_feature(data, spec, int(spec.data.loader_threads));
  fmt::print("{}", options.as_json ? evaluation_json(spec, rows, trivial, checkpoint)
                                   : to_table(rows) + to_line(trivial, spec) + adaptation_in_words(rows, spec.domains));
  if (checkpoint) return;
  try {
    keep_predictions(trained.run(), predictions_csv(spec, data, rows));
  } catch (const Error& error) {
    print_warnings({fmt::format("{} is not written: {}", kPredictions, error.what())});
  }
}

void print_one(const Options& options, const TrainedNetworks& trained, const Images& images,
               const Evaluation& evaluation) {
  if (!options.as_json) {
    fmt::print("{} on {} ({})\n{}", evaluation.net, one_line(images.domain), one_line(images.what),
               to_table({evaluation}, options.manifest));
    return;
  }
  nlohmann::ordered_json json = {{"positive", trained.spec().positive}, {"domain", images.domain}};
  if (options.manifest.empty())
    json["split"] = "test";
  else
    json["manifest"] = escape_bytes(options.manifest);
  json["build"] = build_id();
  if (!trained.checkpoint().empty()) json["checkpoint"] = checkpoint_json(trained.weights());
  json["rows"] = {to_json(evaluation)};
  fmt::print("{}\n", json.dump(2));
}

void evaluate_command(const Options& options) {
  const TrainedNetworks trained(options.networks);
  if (!options.predictions.empty()) check_new_file(options.predictions);
  const bool table =
      !trained.run().empty() && options.manifest.empty() && options.domain.empty() && options.networks.net.empty();
  const RunData data = trained.data(options.data_root);
  check_unchanged(evaluated_images(data), int(trained.spec().data.loader_threads));
  if (table) print_run_table(options, trained, data);
  if (table && options.predictions.empty()) return;

  const Images images = images_to_evaluate(options, trained.spec(), data);
  warn_of_training_images(images, data);
  const Evaluation evaluation = evaluate_images(options, trained, data, images, trained.classifier());
  if (!table) print_one(options, trained, images, evaluation);
}

}  // namespace

void add_evaluate(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "evaluate",
      "Measures classifiers on labelled images\n"
      "AUC, average precision, Brier score and expected calibration error (ECE), and accuracy, sensitivity, "
      "specificity and F1 at the threshold that Youden's index chooses on validation images of the source.\n"
      "With RUN alone: all classifiers of the run on the target's test images, as `tuna train` does at its end; "
      "if these have no labels, only the thresholds; of a finished run that has no predictions.csv, that is written. "
      "With --manifest, --domain or --net: one classifier on the "
      "images that these select.");
  const auto options = std::make_shared<Options>();
  options->networks.add_to(*command);
  CLI::Option* of_manifest =
      command
          ->add_option("--manifest", options->manifest,
                       "All labelled images of this CSV file (columns path, domain, label; patient, or the spec's "
                       "data.patient_regex finds it in the names), in place of the test images")
          ->type_name("FILE.csv");
  command->add_option("--domain", options->domain, "The images of this domain; default: the spec's target")
      ->type_name("NAME");
  options->networks.add_net_to(*command);
  options->images.add_on_bad_image_to(*command)->needs(of_manifest);  // training checked the run's own images
  command
      ->add_option("--data-root", options->data_root,
                   "The folder of the run's images, if they have moved (data.root of the spec)")
      ->type_name("FOLDER");
  command
      ->add_option("--predictions", options->predictions,
                   "Also writes one line per image: path, patient, domain, split, label, score (probability of the "
                   "positive class), prediction (the class at the threshold)")
      ->type_name("FILE.csv");
  command->add_flag("--json", options->as_json, "Prints JSON");
  command->footer(
      "Examples:\n"
      "  tuna evaluate runs/first\n"
      "  tuna evaluate runs/first --checkpoint latest\n"
      "  tuna evaluate runs/first --manifest hospital_b.csv --domain hospital_b --predictions scores.csv\n"
      "  tuna evaluate --spec specs/cxr128.json --weights theirs.safetensors --domain adult");
  command->callback([options] { evaluate_command(*options); });
}

}  // namespace tuna
