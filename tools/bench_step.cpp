// `tuna bench step`: whole joint training steps of TUNA-Net, on random images, with full image pools.
#include <sys/resource.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/atomic_file.h"
#include "engine/build_info.h"
#include "engine/describe.h"
#include "engine/profile.h"
#include "engine/random.h"
#include "kernels/conv/conv_plans.h"
#include "kernels/random/image_pool.h"
#include "tools/commands.h"
#include "tools/cpu.h"
#include "tools/settings.h"
#include "training/from_spec.h"

namespace tuna {
namespace {

struct Options {
  std::string spec, plan;
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
    Program program;
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

void bench_step(const Options& options) {
  const Spec spec = read_spec(options.spec, options.settings);
  Device where = device(spec);
  if (!options.plan.empty()) use_conv_plans(where, options.plan);
  JointStep step(tuna_net_step_options(spec), int64_t(spec.classes.size()), where);
  for (int64_t i = 0; i < options.warmup; ++i) milliseconds(step);
  std::vector<double> times;
  for (int64_t i = 0; i < options.steps; ++i) times.push_back(milliseconds(step));

  std::sort(times.begin(), times.end());
  const size_t n = times.size();
  const double median = (times[(n - 1) / 2] + times[n / 2]) / 2;
  const double p95 = times[(95 * n + 99) / 100 - 1];  // nearest rank
  const double gflop = step.executable().flops() * 1e-9;
  if (options.as_json) {
    const nlohmann::ordered_json json = {{"spec", spec.name},
                                         {"ms_median", median},
                                         {"ms_p95", p95},
                                         {"steps", options.steps},
                                         {"gflop", gflop},
                                         {"gflops", gflop / median * 1e3},
                                         {"peak_bytes", peak_bytes()},
                                         {"planned_bytes", step.planned_bytes()},
                                         {"threads", where.threads},
                                         {"backend", to_string(where.backend)},
                                         {"cpu", cpu_description()},
                                         {"build", build_id()}};
    fmt::print("{}\n", json.dump(2));
  } else {
    fmt::print("{}: {:.1f} ms per step (median of {}; 95 % within {:.1f} ms)\n", spec.name, median, options.steps, p95);
    fmt::print("{:.2f} GFLOP per step, {:.1f} GFLOP/s; memory {} at its peak, {} of it planned\n", gflop,
               gflop / median * 1e3, human_bytes(peak_bytes()), human_bytes(step.planned_bytes()));
    fmt::print("{} threads of {}; tuna {}\n", where.threads, cpu_description(), build_id());
  }
  if (options.profile) write_profile(step, spec.name, options.steps);
}

}  // namespace

void add_bench_step(CLI::App& bench) {
  CLI::App* command = bench.add_subcommand(
      "step", "Times whole joint training steps of TUNA-Net, on random images with full image pools");
  const auto options = std::make_shared<Options>();
  command->add_option("--spec", options->spec, "Sizes of networks, images and batch")->type_name("SPEC")->required();
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
  command->footer("Example:\n  tuna bench step --spec specs/bench/64-ngf16.json --json");
  command->callback([options] { bench_step(*options); });
}

}  // namespace tuna
