// `tuna tune`: times every algorithm that fits for each convolution of a spec's programs, and writes the fastest of
// each to a file for `tuna train --tuning`, which has all that were timed at any moment.
#include <algorithm>
#include <set>

#include "engine/base/atomic_file.h"
#include "engine/base/counted.h"
#include "engine/base/print_error.h"
#include "kernels/conv/conv_trial.h"
#include "kernels/conv/fastest.h"
#include "kernels/conv/heaviest.h"
#include "kernels/conv/tables.h"
#include "kernels/conv/tuning.h"
#include "kernels/limits/measured_limits.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/output_file.h"
#include "tools/command_line/settings.h"
#include "training/methods/method.h"
#include "training/run/compute_device.h"
#include "training/run/session.h"
#include "training/run/stop_signal.h"

namespace tuna {
namespace {

struct Options {
  std::string spec, out, device, phase;
  std::vector<std::string> settings;
  size_t heaviest = 0;  // 0: all
};

/// Convolutions of several programs, each once, in the order in which they are timed.
class ToTime {
 public:
  explicit ToTime(const Target& target) : precision_(target.precision), limits_(measured_limits(target).value()) {}

  /// Appends those of a program, the heaviest first.
  void add(const std::function<void(Program&)>& record) {
    Program program(activation_type(precision_));
    record(program);
    for (WeighedConvolution& each : heaviest_first(program, precision_, limits_))
      if (known_.insert(each.key).second) convolutions_.push_back(std::move(each));
  }

  const std::vector<WeighedConvolution>& convolutions() const { return convolutions_; }

 private:
  Precision precision_;
  MachineLimits limits_;
  std::set<std::string> known_;
  std::vector<WeighedConvolution> convolutions_;
};

/// Those of the main phase's step, of the other phases', of their pictures, of translations, and of the evaluation.
void add_all(const Spec& spec, const std::vector<Phase>& phases, ToTime& to_time) {
  const ImageFormat& format = spec.data.format;
  const auto images = [&](Program& program, int64_t count) {
    return program.input("images", Shape{count, format.size, format.size, format.channels});
  };
  to_time.add(main_phase(phases).record);
  for (const Phase& phase : phases) to_time.add(phase.record);
  for (const Phase& phase : phases)
    for (const PicturesOf& pictures : phase.pictures)
      to_time.add([&](Program& program) { pictures.record(program, images(program, 1)); });
  if (const auto translations = method_of(spec).translations)
    for (const TranslatedBy& each : translations(spec))
      to_time.add([&](Program& program) { each.record(program, images(program, translation_batch(format))); });
  for (const Evaluated& row : method_of(spec).evaluations(spec))
    for (const RecordLogits& logits : {row.on_target, row.on_source})
      to_time.add([&](Program& program) { logits(program, images(program, spec.evaluate.batch)); });
}

std::vector<WeighedConvolution> convolutions_to_time(const Spec& spec, const Target& target, const Options& options) {
  const std::vector<Phase> phases = phases_without_images(spec);
  ToTime to_time(target);
  if (options.phase.empty())
    add_all(spec, phases, to_time);
  else
    to_time.add(find_phase(phases, options.phase).record);
  std::vector<WeighedConvolution> all = to_time.convolutions();
  if (options.heaviest > 0 && options.heaviest < all.size()) all.resize(options.heaviest);
  return all;
}

/// Every algorithm that fits, in the order of the table, with each engine that it may run; equal ones once.
std::vector<ConvChoice> candidates(const ConvStep& step, const Target& target) {
  std::vector<ConvChoice> found;
  for (const ConvAlgorithm& algorithm : fitting_algorithms(step.direction, step.problem, target)) {
    if (!algorithm.engines) {
      found.push_back({algorithm.name});
      continue;
    }
    for (const ConvEngine& engine : algorithm.engines(step.direction, step.problem, target))
      if (const ConvChoice choice{algorithm.name, engine}; !std::count(found.begin(), found.end(), choice))
        found.push_back(choice);
  }
  return found;
}

/// The fastest candidate that runs: some of the offered engines do not support this GPU, or need more workspace than it
/// has.
ConvChoice tune(const ConvStep& step, const Target& target) {
  ConvTrial trial(step, target);
  const std::vector<ConvChoice> all = candidates(step, target);
  auto best = fastest(
      all, [&](const ConvChoice& choice) { return trial.once(choice); },
      [&](const ConvChoice& choice) { return trial.again(choice); });
  check(best.has_value(), "tune: none of {} candidates computes {} of {}", all.size(), to_string(step.direction),
        step.problem.name());
  best->candidate.microseconds = best->time * 1e6;
  return best->candidate;
}

void tune_command(Options options) {
  if (!options.device.empty()) options.settings.push_back("device=" + options.device);
  const Spec spec = read_spec(options.spec, options.settings);
  const Target target = target_of(spec);
  check(target.device.backend == Backend::cpu || target.device.backend == Backend::cuda,
        "tune: times on {} are not meaningful; expected cpu or cuda", to_string(target.device));
  const std::string out = options.out.empty() ? spec.name + "-tuning.json" : options.out;
  check_new_file(out);

  const StopSignal signal;
  ConvChoices choices{tuning_place(target.device), {}, out};
  const std::vector<WeighedConvolution> convolutions = convolutions_to_time(spec, target, options);
  print_error("{} on {}\n", counted(convolutions.size(), "convolution"), to_string(choices.place));
  for (const auto& [key, step, count, seconds] : convolutions) {
    if (StopSignal::requested())
      throw Interrupted(fmt::format("stopped after {} of {}{}", choices.convolutions.size(),
                                    counted(convolutions.size(), "convolution"),
                                    choices.convolutions.empty() ? "" : fmt::format(", which {} has", out)));
    const ConvChoice& tuned = choices.convolutions[key] = tune(step, target);
    write_file_atomically(out, tuning_json(choices));
    print_error("{:9.1f} us  {}: {}\n", tuned.microseconds, key, to_string(tuned));
  }
  fmt::print("{}\n", out);
}

}  // namespace

void add_tune(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "tune",
      "Times the algorithms of a spec's convolutions on this machine\n"
      "Without a tuning file the first algorithm that fits computes a convolution, with cuDNN the first deterministic "
      "engine that it offers, or a later one that needs less workspace. tune times all of them and writes the fastest "
      "for `tuna train --tuning`: first for "
      "the step of the main phase, then for the other phases and the evaluation, the heaviest convolutions of each "
      "first. The file is written after each convolution, and the fixed rule applies to those that it lacks; Ctrl-C "
      "keeps what was timed. With cuDNN it tries each engine and setting on offer, up to about 40 "
      "candidates for a convolution: all of them in a few runs, then the best four in turn, by the median of 11 "
      "rounds. A file is valid only for this processor or GPU and these versions of libraries.");
  const auto options = std::make_shared<Options>();
  command->add_option("SPEC", options->spec, "The run in JSON")->type_name("")->required();
  command->add_option("--out", options->out, "New file for the tuning; default: <name of the spec>-tuning.json")
      ->type_name("FILE.json");
  command->add_option("--phase", options->phase, "Only the step of this phase; default: all phases and the evaluation")
      ->type_name("NAME");
  command->add_option("--heaviest", options->heaviest, "Only the first N convolutions; default: all")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000).description(""));
  add_device(*command, options->device);
  add_settings(*command, options->settings);
  command->footer(
      "Example:\n"
      "  tuna tune specs/cxr128.json --out h200.json\n"
      "  tuna tune specs/cxr128.json --phase joint --heaviest 40\n"
      "  tuna train specs/cxr128.json --tuning h200.json");
  command->callback([options] { tune_command(*options); });
}

}  // namespace tuna
