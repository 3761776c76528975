// `tuna data`: draws phantom X-rays, checks images, and writes the splits that training would make.
#include <map>
#include <nlohmann/json.hpp>

#include "data/check.h"
#include "data/folds.h"
#include "data/image_file.h"
#include "data/phantom.h"
#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "engine/base/utf8.h"
#include "engine/runtime/device.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/message.h"
#include "tools/command_line/output_file.h"
#include "tools/command_line/settings.h"
#include "training/run/work_on_images.h"
#include "training/spec/run_data.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

struct PhantomCommand {
  std::string output;
  PhantomOptions options;
};

struct CheckCommand {
  std::string input, root;
  bool as_json = false;
};

struct SplitCommand {
  std::string spec, output;
  int64_t folds = 0;
  std::vector<std::string> settings;
};

void phantom_command(const PhantomCommand& command) {
  make_output_folder(command.output);
  PhantomOptions options = command.options;
  options.threads = Device::cpu().threads;
  const auto stopped = [&](size_t drawn) {
    return fmt::format("{0}: stopped after {1}; to begin again, remove {0}/adult and {0}/child", command.output,
                       counted(drawn, "image"));
  };
  work_on_images("drawing", size_t(options.adults + options.children), stopped,
                 [&](const ItemsDone& drawn) { write_phantoms(command.output, options, drawn); });
  fmt::print("{}\n", (fs::path(command.output) / "manifest.csv").string());
}

Listing images_of(const fs::path& input, const fs::path& root) {
  check(root.empty() || fs::is_regular_file(input), "{}: --data-root is for a manifest", input.string());
  if (!root.empty()) return read_manifest(input, "", root);
  if (input.extension() != ".json")
    return read_images(input, fs::absolute(input).lexically_normal().filename().string());
  const RunData data(read_spec(input));
  return {data.samples(), data.warnings(), {}};
}

void check_command(const CheckCommand& command) {
  const DataReport report = check_data(images_of(command.input, command.root), Device::cpu().threads);
  fmt::print("{}", command.as_json ? to_json(report).dump(2) + "\n" : to_text(report));
  check(report.ok(), "{}: {} cannot be read, {} in two splits", command.input,
        counted(report.unreadable.size(), "image"),
        counted(report.leaks.size(), "patient or image is", "patients or images are"));
}

// A line per domain with the number of images in each split.
std::string split_table(const std::vector<Sample>& samples) {
  std::map<std::string, std::map<std::string, size_t>> counts;
  for (const Sample& sample : samples) ++counts[sample.domain][sample.split];
  std::string text = fmt::format("{:<20} {:>8} {:>10} {:>8}\n", "", "train", "validation", "test");
  for (auto& [domain, splits] : counts)
    text += fmt::format("{:<20} {:>8} {:>10} {:>8}\n", one_line(domain, 100), splits["train"], splits["validation"],
                        splits["test"]);
  return text;
}

// A line per domain and fold with the number of images, and of those of each class.
std::string fold_table(const std::vector<Sample>& samples, const std::vector<std::string>& classes) {
  struct Part {
    size_t images = 0;
    std::map<std::string, size_t> of_class;
  };
  std::map<std::string, std::map<int64_t, Part>> parts;  // [domain][fold]; fold 0 are test images
  for (const Sample& sample : samples) {
    Part& part = parts[sample.domain][sample.split == "test" ? 0 : std::stoll(sample.columns.at(kFoldColumn))];
    ++part.images;
    ++part.of_class[sample.label];
  }
  std::string text = fmt::format("{:<20} {:<8} {:>8}", "", "", "images");
  for (const std::string& label : classes) text += fmt::format(" {:>12}", label);
  text += "\n";
  for (auto& [domain, folds] : parts)
    for (auto& [fold, part] : folds) {
      text += fmt::format("{:<20} {:<8} {:>8}", one_line(domain, 100),
                          fold == 0 ? "test" : fmt::format("fold {}", fold), part.images);
      for (const std::string& label : classes) text += fmt::format(" {:>12}", part.of_class[label]);
      text += "\n";
    }
  return text;
}

void split_command(const SplitCommand& command) {
  check_new_file(command.output);
  const Spec spec = read_spec(command.spec, command.settings);
  const RunData data = command.folds > 0 ? RunData::in_folds(spec, command.folds) : RunData(spec);
  print_warnings(data.warnings());
  write_manifest(command.output, data.samples());
  fmt::print("{}", command.folds > 0 ? fold_table(data.samples(), spec.classes) : split_table(data.samples()));
}

void add_phantom(CLI::App& group) {
  CLI::App* command = group.add_subcommand(
      "phantom",
      "Draws synthetic chest X-rays\n"
      "Writes images of two domains, adult and child, half of them with the texture of a pneumonia, and a manifest");
  const auto options = std::make_shared<PhantomCommand>();
  command->add_option("--output", options->output, "The folder to write to; created if it is missing")
      ->type_name("FOLDER")
      ->required();
  const auto number = [&](const char* name, auto& value, const char* text, int64_t least, int64_t most) {
    command->add_option(name, value, text)
        ->type_name("N")
        ->check(CLI::Range(least, most).description(""))
        ->capture_default_str();
  };
  number("--adults", options->options.adults, "Images of adults", 1, kMostPhantoms);
  number("--children", options->options.children, "Images of children", 1, kMostPhantoms);
  number("--size", options->options.size, "Pixels on a side", kSmallestPhantom, kLargestPhantom);
  number("--seed", options->options.seed, "Seed of all random numbers", 0, int64_t(1) << 32);
  command->footer("Example:\n  tuna data phantom --output phantoms --size 128 --adults 500 --children 500");
  command->callback([options] { phantom_command(*options); });
}

void add_check(CLI::App& group) {
  CLI::App* command = group.add_subcommand(
      "check",
      "Finds problems that would spoil a training run\n"
      "Decodes every image, and reports sizes, ranges, flat images, duplicates, and patients on two sides of a split. "
      "Exit code 1 if an image cannot be read or a split leaks.");
  const auto options = std::make_shared<CheckCommand>();
  command
      ->add_option("INPUT", options->input,
                   "A " + file_format_names() + " image, a folder of them (or of one folder per class), a CSV manifest, or a spec "
                   "(.json): its images and splits")
      ->type_name("")
      ->required();
  command
      ->add_option("--data-root", options->root,
                   "For a manifest: the folder at which its relative paths start, as those of a run's splits.csv do; "
                   "default: its own")
      ->type_name("FOLDER");
  command->add_flag("--json", options->as_json, "Prints JSON");
  command->footer("Examples:\n  tuna data check my_xrays/\n  tuna data check specs/quickstart.json");
  command->callback([options] { check_command(*options); });
}

void add_split(CLI::App& group) {
  CLI::App* command = group.add_subcommand(
      "split",
      "Writes the splits that training would make\n"
      "Assigns the images of a spec to train, validation and test by patient. The manifest may be edited and used as "
      "data.manifest. With --folds it has a column fold, so that all runs of a cross-validation share it: a run with "
      "data.split.fold=2 holds out the second.");
  const auto options = std::make_shared<SplitCommand>();
  command->add_option("SPEC", options->spec, "The run in JSON; the splits depend on data, data.split and seed")
      ->type_name("")
      ->required();
  command->add_option("--output", options->output, "The CSV file to write, a new one")
      ->type_name("FILE.csv")
      ->required();
  command
      ->add_option("--folds", options->folds,
                   "Divides the images into N folds by patient, except those whose split in the manifest is test")
      ->type_name("N")
      ->check(CLI::Range(2, 1000).description(""));
  add_settings(*command, options->settings);
  command->footer(
      "Examples:\n"
      "  tuna data split specs/quickstart.json --output splits.csv --set seed=3\n"
      "  tuna data split my.json --folds 5 --output folds.csv\n"
      "  tuna train my.json --out runs/fold2 --set data.manifest=folds.csv data.split.fold=2");
  command->callback([options] { split_command(*options); });
}

}  // namespace

void add_data(CLI::App& app) {
  CLI::App* group = app.add_subcommand("data", "Draws phantom X-rays, checks images, shows splits, finds shortcuts");
  group->require_subcommand(1);
  group->footer("Example:\n  tuna data phantom --output phantoms");
  add_phantom(*group);
  add_check(*group);
  add_split(*group);
  add_data_audit(*group);
}

}  // namespace tuna
