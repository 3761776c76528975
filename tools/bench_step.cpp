// `tuna bench step`: whole joint training steps of TUNA-Net, on random images, with full image pools.
#include <sys/resource.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/atomic_file.h"
#include "engine/build_info.h"
#include "engine/describe.h"
#include "engine/gpu_status.h"
#include "engine/profile.h"
#include "engine/random.h"
#include "kernels/conv/conv_plans.h"
#include "kernels/random/image_pool.h"
#include "tools/bench_statistics.h"
#include "tools/commands.h"
#include "tools/cpu.h"
#include "tools/machine.h"
#include "tools/settings.h"
#include "training/from_spec.h"

namespace tuna {
namespace {

struct Options {
  std::string spec, device, plan;
  std::vector<std::string> settings;
  int64_t steps = 20, warmup = 3;
  bool as_json = false, profile = false;
};

HostTensor uniform(const Type& type, const std::string& stream) {
  HostTensor tensor(type);
  Random random(0, stream);
  for (float& element : tensor.as<float>()) element = float(random.uniform(-1, 1));
  return tensor;
}

/// The joint step with everything set that training would set.
class JointStep {
 public:
  JointStep(const TunaNetStepOptions& options, int64_t classes, const Device& device)
      : options_(options), state_(0, device) {
    Program program(activation_type(device.precision));
    record_tuna_net_step(program, options);
    executable_ = compile(program, device, state_);
    for (const char* name : {"x_a", "x_p"}) executable_.set(name, uniform(executable_.input(name).type, name));
    Random random(0, "labels");
    std::vector<int32_t> labels;
    for (int64_t i = 0; i < options.batch; ++i) labels.push_back(int32_t(random.below(uint32_t(classes))));
    executable_.set("y_a", std::span<const int32_t>(labels));
    if (options.pool > 0)
      for (const char* name : {"pool_A", "pool_P"}) state_.write(name, uniform(state_.type(name), name));
  }

  template <class Run>
  void operator()(Run run) {
    if (options_.pool > 0)
      for (const std::string pool : {"pool_A", "pool_P"})
        executable_.set(pool + ".decisions", std::span<const int32_t>(pool_decisions(0, pool, options_.pool + step_,
                                                                                     options_.batch, options_.pool)));
    ++step_;
    set_schedule("optimizer_G", options_.generators);
    set_schedule("optimizer_F", options_.classifiers);
    set_schedule("optimizer_D", options_.discriminators);
    run(executable_);
  }

  /// Whether the last step changed the networks.
  bool was_made() const {
    return executable_.scalar("optimizer_G.finite") != 0 && executable_.scalar("optimizer_F.finite") != 0
           && executable_.scalar("optimizer_D.finite") != 0;
  }

  const Executable& executable() const { return executable_; }
  size_t planned_bytes() const { return state_.bytes() + executable_.plan().bytes; }

 private:
  void set_schedule(const std::string& optimizer, const AdamOptions& adam) {
    const auto schedule = adam_schedule(2e-4, step_, adam);
    executable_.set(optimizer + ".schedule", std::span<const float>(schedule));
  }

  TunaNetStepOptions options_;
  State state_;
  Executable executable_;
  int64_t step_ = 0;
};

double milliseconds(JointStep& step) {
  const auto start = std::chrono::steady_clock::now();
  step([](Executable& executable) {
    executable.run();
    executable.wait();
  });
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// The largest memory that the process ever had.
size_t peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return size_t(usage.ru_maxrss) * 1024;
}

void write_profile(JointStep& step, const std::string& name, int64_t steps) {
  Profile profile;
  for (int64_t i = 0; i < steps; ++i) step([&](Executable& executable) { profile.run(executable); });
  const std::string trace = name + "-trace.json";
  write_file_atomically(trace, profile.chrome_trace(step.executable()));
  fmt::print(stderr, "{}\n{} is for chrome://tracing or https://ui.perfetto.dev\n", profile.table(step.executable()),
             trace);
}

/// What is told of the times of some steps.
struct Figures {
  size_t steps;
  double milliseconds, p95, spread;
  double gflop, images;  // of one step; images of both domains
  size_t planned_bytes;

  double gflops() const { return gflop / milliseconds * 1e3; }
  double images_per_second() const { return images / milliseconds * 1e3; }
};

void print_table(const Spec& spec, const Device& where, const Figures& figures) {
  fmt::print("{}: {} steps on {}; tuna {}\n\n", spec.name, figures.steps, describe(where), build_id());
  fmt::print("{:<9} {:<9} {:>10} {:>10} {:>7} {:>9} {:>10} {:>11}\n", "backend", "precision", "median ms", "p95 ms",
             "spread", "img/s", "GFLOP/s", "memory");
  fmt::print("{:<9} {:<9} {:>10.2f} {:>10.2f} {:>5.1f} % {:>9.1f} {:>10.1f} {:>11}\n", to_string(where.backend),
             to_string(spec.precision), figures.milliseconds, figures.p95, 100 * figures.spread,
             figures.images_per_second(), figures.gflops(), human_bytes(figures.planned_bytes));
}

void print_json(const Spec& spec, const Device& where, const Figures& figures, nlohmann::ordered_json origin) {
  const nlohmann::ordered_json json = {{"spec", spec.name},
                                       {"backend", to_string(where.backend)},
                                       {"device", describe(where)},
                                       {"precision", to_string(spec.precision)},
                                       {"ms_median", figures.milliseconds},
                                       {"ms_p95", figures.p95},
                                       {"spread", figures.spread},
                                       {"steps", figures.steps},
                                       {"images_per_second", figures.images_per_second()},
                                       {"gflop", figures.gflop},
                                       {"gflops", figures.gflops()},
                                       {"planned_bytes", figures.planned_bytes},
                                       {"peak_bytes", peak_bytes()},
                                       {"threads", where.threads},
                                       {"cpu", cpu_description()},
                                       {"build", build_id()},
                                       {"machine", std::move(origin)}};
  fmt::print("{}\n", json.dump(2));
}

void bench_step(const Options& options) {
  const Spec spec = read_spec(options.spec, options.settings);
  Device where = options.device.empty() ? device(spec) : any_device(options.device).with(spec.precision);
  if (!options.plan.empty()) use_conv_plans(where, options.plan);
  nlohmann::ordered_json origin = machine();
  origin.update(gpu_settings(where));
  std::unique_ptr<GpuStatus> gpu;
  if (where.backend == Backend::cuda) gpu = std::make_unique<GpuStatus>(cuda_survey().gpus.at(size_t(where.index)));

  JointStep step(tuna_net_step_options(spec), int64_t(spec.classes.size()), where);
  for (int64_t i = 0; i < options.warmup; ++i) milliseconds(step);
  for (int64_t i = 0; !step.was_made();
       ++i) {  // fp16 looks for its loss scale, and its optimizers do nothing meanwhile
    check(i < 50, "bench step: the step is not finite");
    milliseconds(step);
  }
  std::vector<double> times;
  for (int64_t i = 0; i < options.steps; ++i) {
    times.push_back(milliseconds(step));
    if (gpu) gpu->watch();
  }
  origin["gpu_throttling"] = gpu ? gpu->throttling() : "unknown";

  const Figures figures{times.size(),
                        median(times),
                        p95(times),
                        spread(times),
                        step.executable().flops() * 1e-9,
                        2 * double(spec.train.batch),
                        step.planned_bytes()};
  if (options.as_json)
    print_json(spec, where, figures, std::move(origin));
  else
    print_table(spec, where, figures);
  if (options.profile) write_profile(step, spec.name, options.steps);
}

}  // namespace

void add_bench_step(CLI::App& bench) {
  CLI::App* command = bench.add_subcommand("step",
                                           "Times whole joint training steps of TUNA-Net\n"
                                           "On random images with full image pools, by the clock of the host, from "
                                           "setting the inputs to the end of the step. "
                                           "tools/compare_with_torch.py sets the same step in PyTorch beside it.");
  const auto options = std::make_shared<Options>();
  command->add_option("--spec", options->spec, "Sizes of networks, images and batch")->type_name("SPEC")->required();
  add_any_device(*command, options->device, "Where to compute, in place of the spec's device");
  command->add_option("--steps", options->steps, "Steps to time")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000).description(""))
      ->capture_default_str();
  command->add_option("--warmup", options->warmup, "Steps before them")
      ->type_name("N")
      ->check(CLI::Range(0, 1000000).description(""))
      ->capture_default_str();
  command->add_option("--plan", options->plan, "What `tuna tune` found on this GPU")->type_name("FILE.json");
  command->add_flag("--json", options->as_json, "For a program to read");
  command->add_flag("--profile", options->profile,
                    "Then times each operation, and writes <name of the spec>-trace.json for chrome://tracing");
  add_settings(*command, options->settings);
  command->footer(
      "Spread: largest less smallest time, as a part of the median. img/s: images of both domains.\n"
      "GFLOP/s: of convolutions and linear layers. Memory: what the engine plans, with parameters,\n"
      "moments and pools.\n"
      "Keys of --json: spec, backend, device, precision, ms_median, ms_p95, spread, steps,\n"
      "images_per_second, gflop, gflops, planned_bytes, peak_bytes (of the process on the host), threads,\n"
      "cpu, build, machine (as `tuna info --json`, with gpu, gpu_driver, gpu_clocks, gpu_power_limit,\n"
      "gpu_throttling).\n"
      "\n"
      "Examples:\n"
      "  tuna bench step --spec specs/bench/64-ngf16.json --json\n"
      "  tuna bench step --spec specs/bench/64-ngf64.json --device cuda --set precision=bf16");
  command->callback([options] { bench_step(*options); });
}

}  // namespace tuna
