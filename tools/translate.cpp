// `tuna translate`: translates images of one domain to the other.
#include <algorithm>
#include <map>
#include <span>

#include "engine/base/counted.h"
#include "engine/base/print_error.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/message.h"
#include "tools/command_line/output_file.h"
#include "tools/command_line/readable_images.h"
#include "tools/command_line/trained_networks.h"
#include "training/evaluation/translator.h"
#include "training/run/work_on_images.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

struct Options {
  NetworksOption networks;
  ImagesOption images;
  std::string direction, output;
  bool skip_existing = false;
};

// A PNG file, below a folder per class if the input has them.
fs::path output_of(const Sample& sample, const fs::path& folder) {
  const std::string& label = sample.label;
  check(label != "." && label != ".." && label.find('/') == label.npos,
        "{}: label '{}' cannot be the name of a folder; expected a name without slashes", sample.path.string(), label);
  return (label.empty() ? folder : folder / label) / (sample.path.stem().string() + ".png");
}

void check_different_outputs(const std::vector<Sample>& samples, const fs::path& folder) {
  std::map<fs::path, fs::path> written_from;
  for (const Sample& sample : samples) {
    const fs::path output = output_of(sample, folder);
    const auto [other, is_new] = written_from.emplace(output, sample.path);
    check(is_new, "{} and {}: both would become {}", other->second.string(), sample.path.string(), output.string());
  }
}

void check_new_outputs(const std::vector<Sample>& samples, const fs::path& folder) {
  for (const Sample& sample : samples) {
    const fs::path output = output_of(sample, folder);
    make_output_folder(output.parent_path());
    check_new_file(output);
  }
}

std::vector<Sample> images_of_domain(const ImagesOption& option, const std::string& domain) {
  const Listing listing = read_inputs(option, domain);
  print_warnings(listing.left_out);
  std::vector<Sample> samples = listing.samples;
  const auto other = [&](const Sample& sample) { return sample.domain != domain; };  // a manifest may list several
  samples.erase(std::remove_if(samples.begin(), samples.end(), other), samples.end());
  check(!samples.empty(), "{}: lists no images of domain '{}', from which to translate", fmt::join(option.inputs, ", "),
        domain);
  const size_t all = listing.samples.size();
  if (samples.size() < all)
    print_warnings({fmt::format("{}: left out: {} of {}, not of domain '{}'", fmt::join(option.inputs, ", "),
                                all - samples.size(), counted(all, "image"), domain)});
  return samples;
}

TranslatedBy translation(const Spec& spec, Direction direction) {
  const Method& method = method_of(spec);
  if (method.translations)
    for (const TranslatedBy& each : method.translations(spec))
      if (each.direction == direction) return each;
  fail("method: {} has no generator for this direction", method.name);
}

void translate(const Options& options) {
  const TrainedNetworks trained(options.networks);
  const Spec& spec = trained.spec();
  const bool forth = options.direction == "source-to-target";
  const TranslatedBy by = translation(spec, forth ? Direction::source_to_target : Direction::target_to_source);
  std::vector<Sample> samples = images_of_domain(options.images, forth ? spec.domains.source : spec.domains.target);
  check_different_outputs(samples, options.output);
  if (options.skip_existing) {
    const size_t all = samples.size();
    std::erase_if(samples,
                  [&](const Sample& sample) { return fs::is_regular_file(output_of(sample, options.output)); });
    print_error("{}: has {} of {} already\n", options.output, all - samples.size(), counted(all, "image"));
    if (samples.empty()) return;
  }

  const Target target = trained.target();
  State state = State::of_zeros(target.device);
  const int64_t batch = std::min(translation_batch(spec.data.format), int64_t(samples.size()));
  Translator translator(by.record, spec.data.format, target, state, batch);
  trained.load(state);

  ImageCache cache(spec.data.cache_bytes());
  check_readable(samples, options.images, spec, cache);
  check_new_outputs(samples, options.output);
  const auto stopped = [&](size_t done) {
    return fmt::format("{}: stopped after {} of {}; to continue, repeat the command with --skip-existing",
                       options.output, done, counted(samples.size(), "image"));
  };
  work_on_images("translating", samples.size(), stopped, [&](const ItemsDone& translated) {
    for (size_t done = 0; done < samples.size();) {
      const size_t count = std::min(size_t(batch), samples.size() - done);
      for (const std::vector<Image>& images : translator(std::span(samples).subspan(done, count), cache)) {
        write_png(output_of(samples[done], options.output), images.at(1));
        translated(++done);
      }
    }
  });
  fmt::print("{}: {}\n", options.output, counted(samples.size(), "image"));
}

}  // namespace

void add_translate(CLI::App& app) {
  CLI::App* command = app.add_subcommand("translate",
                                         "Translates images of one domain to the other\n"
                                         "Uses the generators of a run. Writes the translations as 8-bit PNG files of "
                                         "the same names, data.size pixels a side. No file is overwritten.");
  const auto options = std::make_shared<Options>();
  options->networks.add_to(*command);
  command->add_option("--direction", options->direction, "source-to-target or target-to-source")
      ->type_name("DIRECTION")
      ->check(CLI::IsMember({"source-to-target", "target-to-source"}).description(""))
      ->required();
  options->images.add_to(*command, ": their images of the domain to translate from");
  command->add_option("--output", options->output, "The folder to write to; created if it is missing")
      ->type_name("FOLDER")
      ->required();
  command->add_flag("--skip-existing", options->skip_existing,
                    "Leaves out images whose translation is there already: continues an interrupted command");
  command->footer(
      "Example:\n  tuna translate runs/first --direction source-to-target --input adults/ --output as_children/");
  command->callback([options] { translate(*options); });
}

}  // namespace tuna
