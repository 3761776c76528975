// `tuna tune`: times every algorithm that fits for each convolution of a spec's programs, and writes the fastest of
// each to a file for `tuna train --tuning`, which has all that were timed at any moment.
#include <algorithm>
#include <cmath>
#include <set>

#include "engine/base/atomic_file.h"
#include "engine/base/print_error.h"
#include "engine/base/random.h"
#include "engine/program/kernel_registry.h"
#include "engine/runtime/host_tensor.h"
#include "engine/runtime/memory.h"
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

/// Those of the main phase's step, of the other phases', of their pictures, and of the evaluation.
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

/// One convolution with memory to run on.
class Trial {
 public:
  Trial(const ConvStep& step, const Target& target)
      : step_(step), op_(step.op()), target_(target), access_(runtime(target.device).enter()) {
    for (const Type& type : step.in()) args_.in.push_back(view(type));
    args_.out = {view(step.out())};
    runtime(target.device).synchronize();
  }

  /// Seconds: the mean of a few runs.
  double once(const ConvChoice& choice) { return prepare(choice)->seconds(3); }

  /// Seconds: the mean of the runs that fit into 0.01 s, at most ten.  Keeps the prepared kernel for the next call.
  double again(const ConvChoice& choice) {
    std::shared_ptr<Ready>& ready = ready_[to_string(choice)];
    if (!ready) {
      ready = prepare(choice);
      ready->runs = size_t(std::clamp(std::ceil(0.01 / ready->seconds(1)), 1.0, 10.0));
    }
    return ready->seconds(ready->runs);
  }

 private:
  struct Ready {
    Target target;
    Prepared kernel;
    Args args;
    std::vector<Memory> memory;
    std::vector<void*> packed;
    size_t runs = 1;

    // A weight that a kernel needs in another layout is packed in each run, as it is in each step of a training.
    void run(Stream& stream) {
      for (size_t i = 0; i < packed.size(); ++i) {
        const Packing& packing = kernel.packings[i];
        packing.pack(args.in[size_t(packing.input)].memory, packed[i], stream);
      }
      kernel.run(args, stream);
    }

    double seconds(size_t count) {
      return runtime(target.device)
          .mean_seconds(count, [this, stream = runtime(target.device).stream()]() mutable { run(stream); }, {});
    }
  };

  std::shared_ptr<Ready> prepare(const ConvChoice& choice) {
    ConvChoices choices;
    choices.convolutions[conv_key(step_.direction, step_.problem, target_.precision)] = choice;
    const auto ready = std::make_shared<Ready>(Ready{target_, {}, args_, {}});
    ready->target.conv_choices = std::make_shared<ConvChoices>(std::move(choices));
    ready->kernel = find_kernel(*op_, target_.device.backend)(*op_, step_.in(), {step_.out()}, ready->target);
    const auto allocate = [&](size_t bytes, const char* what) {
      return ready->memory.emplace_back(target_.device, bytes, what + to_string(choice)).address();
    };
    if (ready->kernel.workspace > 0) ready->args.workspace = allocate(ready->kernel.workspace, "the workspace of ");
    Stream stream = runtime(target_.device).stream();
    for (const Packing& packing : ready->kernel.packings)
      ready->packed.push_back(allocate(packing.bytes, "the packed weight of "));
    ready->args.packed.assign(ready->packed.begin(), ready->packed.end());
    ready->run(stream);  // libraries set themselves up in the first run
    runtime(target_.device).synchronize();
    return ready;
  }

  /// Memory filled with small random numbers, as in training: on equal numbers a GPU takes less power and runs faster.
  View view(const Type& type) {
    const Memory& memory = memory_.emplace_back(target_.device, type.bytes(), "a convolution to be timed");
    const HostTensor& numbers = random_numbers_.try_emplace(type.dtype, random_numbers(type.dtype)).first->second;
    const std::vector<std::byte>& block = numbers.bytes();
    for (size_t begin = 0; begin < type.bytes(); begin += block.size())
      runtime(target_.device)
          .upload(static_cast<std::byte*>(memory.address()) + begin, block.data(),
                  std::min(block.size(), type.bytes() - begin));
    return {type, memory.address()};
  }

  static HostTensor random_numbers(DType dtype) {
    std::vector<double> values(size_t(1) << 16);
    Random random(0, "tune");
    for (double& value : values) value = random.uniform(-1, 1);
    return {Type{dtype, {1, 1, 1, int64_t(values.size())}}, values};
  }

  ConvStep step_;
  std::shared_ptr<const Op> op_;
  Target target_;
  Runtime::Access access_;
  std::map<DType, HostTensor> random_numbers_;
  std::vector<Memory> memory_;
  Args args_;
  std::map<std::string, std::shared_ptr<Ready>> ready_;
};

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
  Trial trial(step, target);
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
  print_error("{} convolutions on {}\n", convolutions.size(), to_string(choices.place));
  for (const auto& [key, step, seconds] : convolutions) {
    if (StopSignal::requested())
      throw Interrupted(fmt::format("stopped after {} of {} convolutions{}", choices.convolutions.size(),
                                    convolutions.size(),
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
