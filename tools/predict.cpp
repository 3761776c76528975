// `tuna predict`: what the target's classifier says of images without labels.
#include "tools/commands.h"
#include "tools/output_file.h"
#include "tools/predictions_file.h"
#include "tools/readable_images.h"
#include "tools/trained_networks.h"
#include "training/from_spec.h"

namespace tuna {
namespace {

struct Options {
  NetworksOption networks;
  std::string input, output;
};

void predict(const Options& options) {
  const TrainedNetworks trained(options.networks);
  const Spec& spec = trained.spec();
  std::vector<Sample> samples = read_images(options.input, spec.domains.target).samples;
  check_new_file(options.output);

  const Device where = trained.device();
  State state(0, where);
  Predictor predictor(classifier("F_P", classifier_options(spec)), image_format(spec), spec.evaluate.batch, where,
                      state);
  trained.load("F_P", state);
  ImageCache cache(size_t(spec.data.cache_mb) << 20);
  check_readable(samples, spec, cache);
  const Probabilities probabilities = predictor(samples, cache, int(spec.data.loader_threads));
  write_predictions(options.output, samples, probabilities, spec,
                    [&](size_t sample) { return spec.classes[size_t(probabilities.winner(sample))]; });
  fmt::print("{}: {} images\n", options.output, samples.size());
}

}  // namespace

void add_predict(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "predict",
      "Classifies images without labels\n"
      "Uses F_P, the classifier of the target domain. Writes a CSV file with the columns "
      "path, "
      "patient, domain, split, label, score (probability of the spec's positive class) and prediction (the most "
      "probable class; `tuna evaluate` uses a threshold instead). Not for medical decisions.");
  const auto options = std::make_shared<Options>();
  options->networks.add_to(*command);
  command
      ->add_option("--input", options->input,
                   "A PNG or JPEG image, a folder of them (or of one folder per class), or a CSV manifest")
      ->type_name("IMAGE|FOLDER|MANIFEST")
      ->required();
  command->add_option("--output", options->output, "The CSV file to write, a new one")
      ->type_name("FILE.csv")
      ->required();
  command->footer("Example:\n  tuna predict runs/first --input my_xrays/ --output predictions.csv");
  command->callback([options] { predict(*options); });
}

}  // namespace tuna
