// `tuna predict`: classifies images without labels with the target's classifier.
#include "engine/base/atomic_file.h"
#include "engine/base/counted.h"
#include "engine/base/print_error.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/message.h"
#include "tools/command_line/output_file.h"
#include "tools/command_line/readable_images.h"
#include "tools/command_line/trained_networks.h"
#include "training/evaluation/decision.h"
#include "training/evaluation/predictions_file.h"
#include "training/evaluation/threshold_file.h"

namespace tuna {
namespace {

struct Options {
  NetworksOption networks;
  ImagesOption images;
  std::string output;
};

// The threshold of the run's evaluation; prints it, or the reason why there is none, to stderr.
std::optional<double> threshold_of(const TrainedNetworks& trained) {
  const std::filesystem::path evaluation = trained.run() / "evaluation.json";
  const Evaluated& classifier = trained.classifier();
  const std::string none = trained.run().empty()                  ? "no run was given"
                           : !trained.checkpoint().empty()        ? "none is chosen for checkpoints"
                           : classifier.row.empty()               ? fmt::format("none is chosen for {} after phase {}",
                                                                                classifier.network, classifier.phase)
                           : !std::filesystem::exists(evaluation) ? evaluation.string() + " is missing"
                                                                  : "";
  if (!none.empty()) {
    print_error("threshold: none, as {}; the prediction is the most probable class\n", none);
    return std::nullopt;
  }
  const double threshold = threshold_in(evaluation, classifier.network);
  print_error("threshold: {:.4g}, chosen on validation images of the source ({})\n", threshold, evaluation.string());
  return threshold;
}

void predict(const Options& options) {
  const TrainedNetworks trained(options.networks);
  const Spec& spec = trained.spec();
  const Listing listing = read_inputs(options.images, spec.domains.target, spec.data.patient_regex);
  std::vector<Sample> samples = listing.samples;
  const bool to_stdout = options.output == "-";
  if (!to_stdout) check_new_file(options.output);
  print_warnings(listing.left_out);

  const Target target = trained.target();
  State state = State::of_zeros(target.device);
  Predictor predictor(trained.classifier().on_target, spec.data.format, spec.evaluate.batch, target, state);
  trained.load(state);
  ImageCache cache(spec.data.cache_bytes());
  check_readable(samples, options.images, spec, cache);
  const std::optional<double> threshold = threshold_of(trained);
  const Probabilities probabilities = predictor(samples, cache, int(spec.data.loader_threads));
  const std::string text = predictions_text(
      samples, probabilities, spec, [&](size_t sample) { return decide(probabilities, sample, threshold, spec); });
  if (to_stdout) return fmt::print("{}", text);
  write_file_atomically(options.output, text);
  fmt::print("{}: {}\n", options.output, counted(samples.size(), "image"));
}

}  // namespace

void add_predict(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "predict",
      "Classifies images without labels\n"
      "Uses the run's main classifier, of the target domain, or --net. Writes a CSV file with the columns path, "
      "patient, domain, split, label, score (probability of the spec's positive class) and prediction: the class at "
      "the "
      "threshold that RUN's evaluation chose on validation images of the source, or the most probable class if there "
      "is "
      "no such threshold (--checkpoint, --weights). The threshold is printed to stderr. Not for medical decisions.");
  const auto options = std::make_shared<Options>();
  options->networks.add_to(*command);
  options->networks.add_net_to(*command);
  options->images.add_to(*command);
  command->add_option("--output", options->output, "The CSV file to write, a new one; -: standard output")
      ->type_name("FILE.csv")
      ->required();
  command->footer(
      "Examples:\n  tuna predict runs/first --input my_xrays/ --output predictions.csv\n"
      "  tuna predict runs/first --input a.png b.png --output -");
  command->callback([options] { predict(*options); });
}

}  // namespace tuna
