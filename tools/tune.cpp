// `tuna tune`: on a GPU, times the engines that cuDNN offers for each convolution of a spec's programs, and writes down
// which was the fastest, for `tuna train --plan`.
#include <algorithm>

#include "engine/atomic_file.h"
#include "engine/cuda_runtime.h"
#include "engine/host_tensor.h"
#include "engine/memory.h"
#include "engine/random.h"
#include "kernels/conv/cuda/cudnn_engines.h"
#include "tools/bench_statistics.h"
#include "tools/commands.h"
#include "tools/output_file.h"
#include "tools/settings.h"
#include "tools/tune_rounds.h"
#include "training/classifier_phase.h"
#include "training/from_spec.h"
#include "training/methods/tuna_net_step.h"
#include "training/predictor.h"

namespace tuna {
namespace {

struct Options {
  std::string spec, out, device;
  std::vector<std::string> settings;
};

using Convolutions = std::map<std::string, PlannedConvolution>;

/// Of pretraining, the joint step, evaluation and the pictures of a run.
Convolutions convolutions_of_run(const Spec& spec, Precision precision) {
  const TunaNetStepOptions step = tuna_net_step_options(spec);
  const DType activation = activation_type(precision);
  Program pretraining(activation), joint(activation), evaluation(activation);
  record_classifier_step(pretraining, spec, "F_A");
  record_tuna_net_step(joint, step);
  const auto images = [&](const std::string& name, int64_t count) {
    return evaluation.input(name, Shape{count, spec.data.size, spec.data.size, spec.data.channels});
  };
  const Tensor batch = images("batch", spec.evaluate.batch);
  classifier("F_A", step.net.classifier)(evaluation, batch);
  translated_classifier(step.net)(evaluation, batch);
  ResnetGenerator(evaluation, "G_AP", step.net.generator)(images("image", 1));

  Convolutions all = convolutions_of(pretraining, precision);
  all.merge(convolutions_of(joint, precision));
  all.merge(convolutions_of(evaluation, precision));
  return all;
}

#ifdef TUNA_HAS_CUDA

/// One convolution with memory to run on.
class Trial {
 public:
  Trial(const PlannedConvolution& convolution, const Device& device)
      : convolution_(convolution), device_(device), random_(random_numbers(convolution.problem.dtype)) {
    const ConvProblem& p = convolution.problem;
    const View x = view({p.samples, p.height, p.width, p.channels}),
               weight = view({p.out_channels, p.kernel_height, p.kernel_width, p.channels}),
               y = view({p.samples, p.out_height, p.out_width, p.out_channels});
    switch (convolution.direction) {
      case ConvDirection::forward:
        args_.in = {x, weight}, args_.out = {y};
        break;
      case ConvDirection::backward_data:
        args_.in = {y, weight}, args_.out = {x};
        break;
      case ConvDirection::backward_weight:
        args_.in = {x, y}, args_.out = {weight};
        break;
    }
    runtime(device).wait();
  }

  /// The mean of a few runs.
  double seconds_briefly(const ConvEngine& engine) {
    const Ready ready = prepare(engine);
    return runtime(device_).mean_seconds(3, ready.run, {});
  }

  /// The median of several replays of a graph that runs it ten times.
  double seconds_at_length(const ConvEngine& engine) {
    constexpr size_t kReplays = 11, kRunsEach = 10;
    const Ready ready = prepare(engine);
    std::vector<double> seconds;
    for (size_t i = 0; i < kReplays; ++i) seconds.push_back(runtime(device_).mean_seconds(kRunsEach, ready.run, {}));
    return median(seconds);
  }

 private:
  struct Ready {
    Memory workspace;
    std::function<void()> run;
  };

  Ready prepare(const ConvEngine& engine) {
    ConvPlans plans;
    plans.convolutions[plan_key(convolution_.direction, convolution_.problem, device_.precision)] = {engine, 0};
    Device tuned = device_;
    tuned.conv_plans = std::make_shared<ConvPlans>(std::move(plans));
    const Prepared prepared = cudnn_convolution(convolution_.direction, convolution_.problem, tuned);
    Ready ready{Memory(device_, prepared.workspace, "the workspace of " + to_string(engine)), {}};
    Args args = args_;
    args.workspace = ready.workspace.address();
    ready.run = [=, stream = runtime(device_).stream()]() mutable { prepared.run(args, stream); };
    ready.run();  // libraries set themselves up in the first run
    return ready;
  }

  /// Small random numbers, as in training: a GPU multiplies those that are all alike with less power, and so faster.
  View view(const Shape& shape) {
    const Type type{convolution_.problem.dtype, shape};
    const Memory& memory = memory_.emplace_back(device_, type.bytes(), "a convolution to be timed");
    const std::vector<std::byte>& block = random_.bytes();
    for (size_t begin = 0; begin < type.bytes(); begin += block.size())
      runtime(device_).upload(static_cast<std::byte*>(memory.address()) + begin, block.data(),
                              std::min(block.size(), type.bytes() - begin));
    return {type, memory.address()};
  }

  static HostTensor random_numbers(DType dtype) {
    std::vector<double> values(size_t(1) << 16);
    Random random(0, "tune");
    for (double& value : values) value = random.uniform(-1, 1);
    return {Type{dtype, {1, 1, 1, int64_t(values.size())}}, values};
  }

  PlannedConvolution convolution_;
  Device device_;
  HostTensor random_;
  std::vector<Memory> memory_;
  Args args_;
};

/// The fastest, of those that can be had; one of equal settings is tried once.  Some are offered, but not for this GPU,
/// or with more workspace than it has.
ConvPlans::Tuned tune(const PlannedConvolution& convolution, const Device& device) {
  Trial trial(convolution, device);
  std::vector<ConvEngine> engines;
  for (const ConvEngine& engine : cudnn_offers(convolution.direction, convolution.problem, device))
    if (!std::count(engines.begin(), engines.end(), engine)) engines.push_back(engine);
  const auto best = fastest(
      engines, [&](const ConvEngine& engine) { return trial.seconds_briefly(engine); },
      [&](const ConvEngine& engine) { return trial.seconds_at_length(engine); });
  check(best.has_value(), "none of the {} engines that cuDNN offers runs on this GPU", engines.size());
  return {best->candidate, best->time * 1e6};
}

#else

ConvPlans::Tuned tune(const PlannedConvolution&, const Device& device) {
  fail("tune: this build has nothing to choose on {}", to_string(device));
}

#endif

void tune_command(Options options) {
  if (!options.device.empty()) options.settings.push_back("device=" + options.device);
  const Spec spec = read_spec(options.spec, options.settings);
  const Device where = device(spec);
  if (where.backend != Backend::cuda)
    fail("tune: only a GPU has something to choose; on {} the shape of a convolution decides how it is computed ({})",
         to_string(where), spec.device == "cpu" ? "device is cpu" : trouble_with_gpu(0));
  const std::string out = options.out.empty() ? spec.name + "-plan.json" : options.out;
  check_new_file(out);

  ConvPlans plans{tuning_place(where), {}};
  const Convolutions convolutions = convolutions_of_run(spec, where.precision);
  fmt::print(stderr, "{} convolutions on {}\n", convolutions.size(), to_string(plans.place));
  for (const auto& [key, convolution] : convolutions) {
    const ConvPlans::Tuned& tuned = plans.convolutions[key] = tune(convolution, where);
    fmt::print(stderr, "{:9.1f} us  {}: {}\n", tuned.microseconds, key, to_string(tuned.engine));
  }
  write_file_atomically(out, plans.to_json());
  fmt::print("{}\n", out);
}

}  // namespace

void add_tune(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "tune",
      "Times what cuDNN offers for the convolutions of a spec, on a GPU\n"
      "Without a plan the first deterministic engine that cuDNN names computes a convolution. tune times all of those "
      "that it names, for pretraining, the joint step and evaluation, and writes the fastest into a plan for `tuna "
      "train --plan`. Of an engine it tries each setting that cuDNN names, up to about 40 candidates for a "
      "convolution: "
      "all of them in a few runs, the best four in a hundred. A plan is good for this GPU and this version of cuDNN "
      "alone.");
  const auto options = std::make_shared<Options>();
  command->add_option("SPEC", options->spec, "The run in JSON")->type_name("")->required();
  command->add_option("--out", options->out, "The plan, a new file; default: <name of the spec>-plan.json")
      ->type_name("FILE.json");
  add_device(*command, options->device);
  add_settings(*command, options->settings);
  command->footer(
      "Example:\n"
      "  tuna tune specs/tuna-net-512.json --out h200.json\n"
      "  tuna train specs/tuna-net-512.json --plan h200.json");
  command->callback([options] { tune_command(*options); });
}

}  // namespace tuna
