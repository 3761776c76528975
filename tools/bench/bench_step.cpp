// `tuna bench step`: whole training steps, on random images, with full image pools.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/base/atomic_file.h"
#include "engine/base/build_info.h"
#include "engine/base/cpu.h"
#include "engine/base/human_bytes.h"
#include "engine/base/print_error.h"
#include "engine/base/random.h"
#include "engine/base/statistics.h"
#include "engine/compile/describe.h"
#include "engine/compile/profile.h"
#include "engine/runtime/gpu_status.h"
#include "kernels/conv/tuning.h"
#include "kernels/limits/measured_limits.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/machine.h"
#include "tools/command_line/output_file.h"
#include "tools/command_line/settings.h"
#include "training/methods/method.h"
#include "training/run/compute_device.h"

namespace tuna {
namespace {

struct Options {
  std::string spec, phase, tuning, trace, instructions;
  std::vector<std::string> devices, settings;
  std::vector<Precision> precisions;
  int64_t steps = 20, warmup = 3;
  bool as_json = false, profile = false;
};

HostTensor uniform(const Type& type, const std::string& stream) {
  HostTensor tensor(type);
  Random random(0, stream);
  for (float& element : tensor.as<float>()) element = float(random.uniform(-1, 1));
  return tensor;
}

/// A training step of a phase with all inputs set as in training.
class PhaseStep {
 public:
  PhaseStep(const Phase& phase, int64_t classes, const Target& target) : phase_(phase), state_(0, target.device) {
    Program program(activation_type(target.precision));
    phase.record(program);
    executable_ = compile(program, target, state_);
    for (const Feed& feed : phase.feeds) {
      executable_.set(feed.images, uniform(executable_.input(feed.images).type, feed.images));
      if (!feed.labels.empty()) executable_.set(feed.labels, std::span<const int32_t>(labels(feed.batch, classes)));
    }
  }

  template <class Run>
  void operator()(Run run) {
    ++step_;
    for (const StepInput& input : phase_.inputs) input.set(executable_, kLate + step_);
    for (const Schedule& schedule : phase_.schedules)
      executable_.set(schedule.optimizer + ".schedule",
                      std::span<const float>(adam_schedule(2e-4, step_, schedule.adam)));
    run(executable_);
  }

  /// Whether the last step changed the networks.
  bool was_made() const {
    return std::all_of(phase_.schedules.begin(), phase_.schedules.end(), [&](const Schedule& schedule) {
      return executable_.scalar(schedule.optimizer + ".finite") != 0;
    });
  }

  const Executable& executable() const { return executable_; }
  size_t planned_bytes() const { return state_.bytes() + executable_.plan().bytes; }

 private:
  static constexpr int64_t kLate = 1'000'000;  // image pools are full by then

  static std::vector<int32_t> labels(int64_t count, int64_t classes) {
    Random random(0, "labels");
    std::vector<int32_t> labels;
    for (int64_t i = 0; i < count; ++i) labels.push_back(int32_t(random.below(uint32_t(classes))));
    return labels;
  }

  const Phase& phase_;
  State state_;
  Executable executable_;
  int64_t step_ = 0;
};

int64_t images_of_step(const Phase& phase) {
  int64_t images = 0;
  for (const Feed& feed : phase.feeds) images += feed.batch;
  return images;
}

double milliseconds(PhaseStep& step) {
  const auto start = std::chrono::steady_clock::now();
  step([](Executable& executable) {
    executable.run();
    executable.synchronize();
  });
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// Peak memory: on a GPU, the free memory lost since the command began; otherwise the peak of the process (VmHWM).
class PeakMemory {
 public:
  explicit PeakMemory(const Device& device) : device_(device) {
    if (device.backend == Backend::cuda)
      free_at_first().try_emplace(device.index, runtime(device).memory_info().free);
    else
      std::ofstream("/proc/self/clear_refs") << 5;  // resets VmHWM, if the kernel supports it
  }

  size_t bytes() const {
    if (device_.backend == Backend::cuda) {
      const size_t before = free_at_first().at(device_.index);
      return before - std::min(before, runtime(device_).memory_info().free);
    }
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
      if (size_t kibibytes = 0; word == "VmHWM:" && status >> kibibytes) return kibibytes * 1024;
    return 0;
  }

 private:
  static std::map<int, size_t>& free_at_first() {
    static std::map<int, size_t> bytes;  // by GPU; libraries keep memory from one precision to the next
    return bytes;
  }

  Device device_;
};

// With a file each for one of several devices or precisions: x.json becomes x-cpu-fp32.json.
Options with_files_of(const Target& target, Options options, size_t targets) {
  for (std::string* file : {&options.trace, &options.instructions}) {
    std::filesystem::path path = *file;
    if (path.empty() || targets == 1) continue;
    const std::string part = fmt::format("-{}-{}", to_string(target.device), to_string(target.precision));
    *file = path.replace_filename(path.stem().string() + part + path.extension().string()).string();
  }
  return options;
}

void profile_steps(PhaseStep& step, const Options& options, const std::optional<MachineLimits>& limits) {
  Profile profile;
  for (int64_t i = 0; i < options.steps; ++i) step([&](Executable& executable) { profile.run(executable); });
  if (options.profile) print_error("{}\n", profile.table(step.executable(), limits));
  if (!options.instructions.empty())
    write_file_atomically(options.instructions, profile.instructions(step.executable(), limits));
  if (options.trace.empty()) return;
  write_file_atomically(options.trace, profile.chrome_trace(step.executable()));
  print_error("{}: for chrome://tracing or https://ui.perfetto.dev\n", options.trace);
}

/// The results for one device and precision.
struct Figures {
  Target target;
  size_t steps;
  double milliseconds, p95, spread;
  double gflop, images;  // of one step
  size_t planned_bytes, peak_bytes;
  std::optional<MachineLimits> limits;
  double least_milliseconds;  // of a step at these limits
  std::string throttling;

  double gflops() const { return gflop / milliseconds * 1e3; }
  double images_per_second() const { return images / milliseconds * 1e3; }
};

void print_head(const Spec& spec, int64_t steps, const std::vector<Target>& targets) {
  std::set<std::string> names;
  for (const Target& target : targets) names.insert(describe(target.device));
  fmt::print("{}: {} steps on {}; tuna {}\n\n", spec.name, steps, fmt::join(names, " and on "), build_id());
  fmt::print("{:<9} {:<9} {:>10} {:>10} {:>7} {:>9} {:>10} {:>11} {:>11} {:>9}\n", "backend", "precision", "median ms",
             "p95 ms", "spread", "img/s", "GFLOP/s", "planned", "peak", "least/ms");
}

void print_row(const Figures& figures) {
  fmt::print("{:<9} {:<9} {:>10.2f} {:>10.2f} {:>5.1f} % {:>9.1f} {:>10.1f} {:>11} {:>11} {:>9}\n",
             to_string(figures.target.device.backend), to_string(figures.target.precision), figures.milliseconds,
             figures.p95, 100 * figures.spread, figures.images_per_second(), figures.gflops(),
             human_bytes(figures.planned_bytes), human_bytes(figures.peak_bytes),
             figures.limits ? fmt::format("{:.0f} %", 100 * figures.least_milliseconds / figures.milliseconds) : "-");
  std::fflush(stdout);
}

// The limits of the device, and the least time of a step at them.
nlohmann::ordered_json json_of(const Figures& figures) {
  if (!figures.limits) return nullptr;
  return {{"gflops", figures.limits->flops * 1e-9},
          {"gb_per_second", figures.limits->bytes * 1e-9},
          {"ms_least", figures.least_milliseconds}};
}

nlohmann::ordered_json json_of(const Spec& spec, const Figures& figures) {
  nlohmann::ordered_json origin = machine();
  origin.update(gpu_settings(figures.target.device));
  origin["gpu_throttling"] = figures.throttling;
  return {{"spec", spec.name},
          {"backend", to_string(figures.target.device.backend)},
          {"device", describe(figures.target.device)},
          {"precision", to_string(figures.target.precision)},
          {"ms_median", figures.milliseconds},
          {"ms_p95", figures.p95},
          {"spread", figures.spread},
          {"steps", figures.steps},
          {"images_per_second", figures.images_per_second()},
          {"gflop", figures.gflop},
          {"gflops", figures.gflops()},
          {"planned_bytes", figures.planned_bytes},
          {"peak_bytes", figures.peak_bytes},
          {"limits", json_of(figures)},
          {"threads", figures.target.device.threads},
          {"cpu", cpu_description()},
          {"build", build_id()},
          {"machine", std::move(origin)}};
}

Figures time_steps(const Spec& spec, const Target& target, const Options& options) {
  const Device& device = target.device;
  std::unique_ptr<GpuStatus> gpu;
  if (device.backend == Backend::cuda) gpu = std::make_unique<GpuStatus>(cuda_survey().gpus.at(size_t(device.index)));
  PeakMemory peak(device);

  const std::vector<Phase> phases = phases_without_images(spec);
  const Phase& phase = options.phase.empty() ? main_phase(phases) : find_phase(phases, options.phase);
  PhaseStep step(phase, int64_t(spec.classes.size()), target);
  for (int64_t i = 0; i < options.warmup; ++i) milliseconds(step);
  // In fp16, optimizers skip steps until the loss scale no longer overflows.
  constexpr int kMost = 50;
  for (int i = options.warmup > 0 ? 1 : 0; i < 1 || !step.was_made(); ++i) {
    check(i < kMost, "bench step: the step is not finite");
    milliseconds(step);
  }
  std::vector<double> times;
  for (int64_t i = 0; i < options.steps; ++i) {
    times.push_back(milliseconds(step));
    if (gpu) gpu->watch();
  }
  const size_t peak_bytes = peak.bytes();
  const std::optional<MachineLimits> limits = measured_limits(target);
  const Figures figures{target,
                        times.size(),
                        median(times),
                        p95(times),
                        spread(times),
                        step.executable().flops() * 1e-9,
                        double(images_of_step(phase)),
                        step.planned_bytes(),
                        peak_bytes,
                        limits,
                        limits ? 1e3 * limits->seconds(step.executable()) : 0,
                        gpu ? gpu->throttling() : "unknown"};
  if (options.profile || !options.trace.empty() || !options.instructions.empty()) profile_steps(step, options, limits);
  return figures;
}

/// The spec's device and precision, or every supported combination of the requested ones.
std::vector<Target> targets(const Spec& spec, const Options& options) {
  std::vector<Device> places;
  std::vector<Target> found;
  for (const std::string& name : options.devices) places.push_back(any_device(name));
  if (places.empty()) places.push_back(find_device(spec.device));
  const std::vector<Precision> precisions =
      options.precisions.empty() ? std::vector{spec.precision} : options.precisions;
  if (options.devices.empty() && options.precisions.empty()) return {target_of(spec)};
  for (const Device& place : places)
    for (const Precision precision : precisions) {
      const std::string reason = unsupported_reason(place, precision);
      if (reason.empty() || places.size() * precisions.size() == 1)
        found.push_back(target_of(spec, place, precision));
      else
        print_error("{} is left out in {}: {}\n", to_string(place), to_string(precision), reason);
    }
  check(!found.empty(), "bench step: no requested device supports a requested precision");
  return found;
}

void bench_step(const Options& options) {
  const Spec spec = read_spec(options.spec, options.settings);
  std::vector<Target> on = targets(spec, options);
  for (const Target& target : on) {
    const Options files = with_files_of(target, options, on.size());
    for (const std::string& file : {files.trace, files.instructions})
      if (!file.empty()) check_new_file(file);
  }
  nlohmann::ordered_json all;
  if (!options.as_json) print_head(spec, options.steps, on);
  for (Target& target : on) {
    if (!options.tuning.empty()) use_tuning(target, options.tuning);
    const Figures figures = time_steps(spec, target, with_files_of(target, options, on.size()));
    if (options.as_json)
      all.push_back(json_of(spec, figures));
    else
      print_row(figures);
  }
  if (options.as_json) fmt::print("{}\n", (all.size() == 1 ? all[0] : all).dump(2));
}

}  // namespace

void add_bench_step(CLI::App& bench) {
  CLI::App* command = bench.add_subcommand("step",
                                           "Times whole training steps\n"
                                           "Uses random images and full image pools; host time from setting the "
                                           "inputs to the end of the step. tools/peer/compare_with_torch.py compares "
                                           "it with the same step in PyTorch.");
  const auto options = std::make_shared<Options>();
  command->add_option("--spec", options->spec, "Sizes of networks, images and batch")->type_name("SPEC")->required();
  command->add_option("--phase", options->phase, "Phase to time; default: the main phase")->type_name("NAME");
  add_any_device(*command, options->devices, "Device to compute on, instead of the spec's; may be given several times")
      ->allow_extra_args(false);
  add_precisions(*command, options->precisions, "Instead of the spec's precision; may be given several times")
      ->allow_extra_args(false);
  command->add_option("--steps", options->steps, "Steps to time")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000).description(""))
      ->capture_default_str();
  command->add_option("--warmup", options->warmup, "Untimed steps before them")
      ->type_name("N")
      ->check(CLI::Range(0, 1000000).description(""))
      ->capture_default_str();
  command->add_option("--tuning", options->tuning, "Tuning file written by `tuna tune`")->type_name("FILE.json");
  command->add_flag("--json", options->as_json, "Prints JSON");
  command->add_flag("--profile", options->profile,
                    "Afterwards times each operation in as many steps, and prints a table to standard error");
  command
      ->add_option("--trace", options->trace,
                   "Writes those times to a new file for chrome://tracing; several devices or precisions get a file "
                   "each, FILE-cpu-fp32.json")
      ->type_name("FILE.json");
  command
      ->add_option("--instructions", options->instructions,
                   "Writes each instruction with its time, rates and share of the limits to a new JSON file, on a GPU "
                   "with the symbols, grids and blocks of its kernels; several devices or precisions as for --trace")
      ->type_name("FILE.json");
  add_settings(*command, options->settings);
  command->footer(
      "Spread: largest minus smallest time, relative to the median. img/s: images of all domains.\n"
      "GFLOP/s: of all operations, which `tuna graph` lists. Planned: the engine's memory plan, with\n"
      "parameters, moments and pools. Peak: on a GPU all memory that the command took, with libraries;\n"
      "otherwise that of the process. Least/ms: the time that a step takes at the limits of this machine,\n"
      "which are measured with a product of matrices and a pointwise operation, in percent of the median;\n"
      "convolutions count as direct ones. A device is left out in a precision that it does not support.\n"
      "Keys of --json: spec, backend, device, precision, ms_median, ms_p95, spread, steps,\n"
      "images_per_second, gflop, gflops, planned_bytes, peak_bytes, limits (gflops, gb_per_second,\n"
      "ms_least; null on emulated and ref), threads, cpu, build, machine (as `tuna info --json`, with gpu,\n"
      "gpu_driver, gpu_clocks, gpu_power_limit, gpu_throttling); a list of such objects if several were\n"
      "requested.\n"
      "\n"
      "Examples:\n"
      "  tuna bench step --spec specs/bench/64-ngf16.json --json\n"
      "  tuna bench step --spec specs/bench/64-ngf64.json --device cuda --precision tf32 --precision bf16");
  command->callback([options] { bench_step(*options); });
}

}  // namespace tuna
