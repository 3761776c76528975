// `tuna train`: a whole run, from the images to the table of results.
#include "engine/base/build_info.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/settings.h"
#include "training/run/trainer.h"
#include "training/spec/spec_differences.h"

namespace tuna {
namespace {

struct Options {
  std::string spec, out, device, tuning, data_root;
  std::vector<std::string> settings;
  bool resume = false, profile = false;
};

// Throws Error with the keys that differ.
void check_same(const std::string& name, const Spec& spec, const std::filesystem::path& run,
                const std::vector<std::string>& settings) {
  std::vector<std::string> differing;
  for (const Difference& difference : differences(read_spec_of_run(run, settings), spec))
    if (!difference.is_at("data.root")) differing.push_back(difference.text());  // a run keeps that of moved images
  check(differing.empty(),
        "{}: differs from {}, with which this run began: {}; omit SPEC to resume, or choose another --out", name,
        (run / "spec.json").string(), fmt::join(differing, ", "));
}

TrainOptions train_options(Options options) {
  if (options.spec.empty() && !options.resume) throw CLI::RequiredError("SPEC");
  if (options.spec.empty() && options.out.empty()) throw CLI::ValidationError("--resume needs SPEC or --out");
  if (!options.device.empty()) options.settings.push_back("device=" + options.device);

  TrainOptions result;
  result.settings = options.settings;
  result.out = options.out;
  result.resume = options.resume;
  result.profile = options.profile;
  result.tuning = options.tuning;
  result.data_root = options.data_root;
  if (options.spec.empty()) return result;
  result.read_spec = read_spec(options.spec, options.settings);
  if (result.out.empty()) result.out = std::filesystem::path("runs") / result.read_spec->name;
  if (options.resume && std::filesystem::exists(result.out / "spec.json"))
    check_same(options.spec, *result.read_spec, result.out, options.settings);
  return result;
}

}  // namespace

void add_train(CLI::App& app) {
  CLI::App* command = app.add_subcommand("train",
                                         "Trains networks as a spec says, and evaluates them\n"
                                         "The method of the spec trains in phases; the folder RUN gets spec.json, "
                                         "splits.csv, metrics.jsonl, log.txt, images/, checkpoints/, the networks of "
                                         "each phase (weights.safetensors: of the main one) and evaluation.json. "
                                         "Ctrl-C saves and exits; --resume continues exactly there. With --resume, "
                                         "--set of a number of epochs (train.epochs) ends a run early or extends it, "
                                         "even a finished one: it continues from its newest checkpoint.");
  const auto options = std::make_shared<Options>();
  command->add_option("SPEC", options->spec, "The run in JSON (specs/ has some; `tuna spec show` lists every key)")
      ->type_name("");
  command->add_option("--out", options->out, "Folder of the run, a new one; default: runs/<name of the spec>")
      ->type_name("RUN");
  command->add_flag(
      "--resume", options->resume,
      "Continues the run in --out. SPEC may be omitted: the run has its own copy, to which --set is applied. --set "
      "may change the numbers of epochs, log and evaluate, and for this call only device, data.loader_threads and "
      "data.cache_mb; its spec.json lists changes under `history`");
  command
      ->add_option("--data-root", options->data_root,
                   "The folder at which relative paths of the images start (data.root): with --resume, where they are "
                   "if they have moved")
      ->type_name("FOLDER");
  add_device(*command, options->device);
  command
      ->add_option("--tuning", options->tuning,
                   "Tuning file written by `tuna tune` on this machine. The run keeps it as tuning.json for --resume")
      ->type_name("FILE.json");
  command->add_flag(
      "--profile", options->profile,
      "Times each operation from the second step of the main phase on: RUN/profile.txt, and RUN/trace.json for "
      "chrome://tracing");
  add_settings(*command, options->settings);
  command->footer(
      "Examples:\n"
      "  tuna train specs/quickstart.json --out runs/first --set seed=2 train.epochs=3\n"
      "  tuna train --resume --out runs/first\n"
      "  tuna train --resume --out runs/first --set train.epochs=6");
  command->callback([options] {
    const TrainOptions train_as = train_options(*options);
    train(train_as);
    fmt::print("{}\n", train_as.out.string());
  });
}

}  // namespace tuna
