// `tuna predict`: classifies images without labels with the target's classifier.
#include "data/image_file.h"
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
  std::string input, output;
};

// The threshold of the run's evaluation; prints it, or the reason why there is none, to stderr.
std::optional<double> threshold_of(const TrainedNetworks& trained) {
  const std::filesystem::path evaluation = trained.run() / "evaluation.json";
  const std::string none = trained.run().empty()                  ? "no run was given"
                           : !trained.checkpoint().empty()        ? "none is chosen for checkpoints"
                           : !std::filesystem::exists(evaluation) ? evaluation.string() + " is missing"
                                                                  : "";
  if (!none.empty()) {
    print_error("threshold: none, as {}; the prediction is the most probable class\n", none);
    return std::nullopt;
  }
  const double threshold = threshold_in(evaluation, trained.classifier().network);
  print_error("threshold: {:.4g}, chosen on validation images of the source ({})\n", threshold, evaluation.string());
  return threshold;
}

void predict(const Options& options) {
  const TrainedNetworks trained(options.networks);
  const Spec& spec = trained.spec();
  const Listing listing = read_images(options.input, spec.domains.target, spec.data.patient_regex);
  std::vector<Sample> samples = listing.samples;
  check_new_file(options.output);
  print_warnings(listing.left_out);

  const Target target = trained.target();
  State state(0, target.device);
  Predictor predictor(trained.classifier().on_target, spec.data.format, spec.evaluate.batch, target, state);
  trained.load(state);
  ImageCache cache(spec.data.cache_bytes());
  check_readable(samples, spec, cache);
  const std::optional<double> threshold = threshold_of(trained);
  const Probabilities probabilities = predictor(samples, cache, int(spec.data.loader_threads));
  write_predictions(options.output, samples, probabilities, spec,
                    [&](size_t sample) { return decide(probabilities, sample, threshold, spec); });
  fmt::print("{}: {} images\n", options.output, samples.size());
}

}  // namespace

void add_predict(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "predict",
      "Classifies images without labels\n"
      "Uses the run's main classifier, of the target domain. Writes a CSV file with the columns path, patient, domain, "
      "split, label, score (probability of the spec's positive class) and prediction: the class at the threshold that "
      "RUN's evaluation chose on validation images of the source, or the most probable class if there is no such "
      "threshold (--checkpoint, --weights). The threshold is printed to stderr. Not for medical decisions.");
  const auto options = std::make_shared<Options>();
  options->networks.add_to(*command);
  command
      ->add_option(
          "--input", options->input,
          "A " + file_format_names() + " image, a folder of them (or of one folder per class), or a CSV manifest")
      ->type_name("IMAGE|FOLDER|MANIFEST")
      ->required();
  command->add_option("--output", options->output, "The CSV file to write, a new one")
      ->type_name("FILE.csv")
      ->required();
  command->footer("Example:\n  tuna predict runs/first --input my_xrays/ --output predictions.csv");
  command->callback([options] { predict(*options); });
}

}  // namespace tuna
