// `tuna bench`: Google Benchmark over the rows that the tests read.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>

#include "engine/base/print_error.h"
#include "engine/base/statistics.h"
#include "engine/runtime/gpu_status.h"
#include "tests/op_table/bench_check.h"
#include "tests/op_table/bench_selection.h"
#include "tools/bench/bench_flags.h"
#include "tools/bench/bench_report.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/machine.h"
#include "tools/command_line/message.h"
#include "tools/command_line/settings.h"

namespace tuna {
namespace {

struct Options {
  std::string filter;
  std::vector<std::string> devices;
  bool once = false, all_rows = false, no_check = false;
};

class Bench {
 public:
  Bench(std::vector<Device> devices, double sample_seconds, bool checks)
      : sample_seconds_(sample_seconds), checks_(checks) {
    for (const Device& device : devices)
      if (device.backend == Backend::cuda)
        gpus_.emplace_back(std::make_unique<GpuStatus>(cuda_survey().gpus.at(size_t(device.index))));
  }

  void add(const Selected& selected) {
    for (const CacheState state : selected.states)
      benchmark::RegisterBenchmark(
          selected.name(state).c_str(),
          [this, selected, state](benchmark::State& run) { measure(run, selected.subject, state); })
          ->Unit(benchmark::kMicrosecond)
          ->Iterations(1)
          ->UseManualTime()
          ->ComputeStatistics("p95", [](const std::vector<double>& times) { return p95(times); })
          ->ComputeStatistics("spread", spread, benchmark::kPercentage);
  }

  std::string throttling() const {
    std::string seen;
    for (const auto& gpu : gpus_) seen += (seen.empty() ? "" : "; ") + gpu->throttling();
    return seen.empty() ? "unknown" : seen;
  }

  size_t failures() const { return failed_.size(); }

 private:
  /// Kept until the next benchmark begins, because Google Benchmark calls measure() once per repetition.
  struct Prepared {
    std::string name;
    std::shared_ptr<Executable> executable;
    std::map<CacheState, size_t> runs;  // in a sample
  };

  void measure(benchmark::State& state, const Subject& subject, CacheState caches) {
    try {
      prepare(subject);
      time(state, subject, caches);
    } catch (const Error& error) {
      failed_.insert(subject.name);
      state.SkipWithError(message_of(error).c_str());
    }
  }

  void prepare(const Subject& subject) {
    if (prepared_.name == subject.name) return;
    prepared_ = {};
    if (checks_) checker_.check_row(subject);
    prepared_.executable = subject.executable(subject.target);
    prepared_.executable->run();
    prepared_.name = subject.name;
  }

  void time(benchmark::State& state, const Subject& subject, CacheState caches) {
    Stopwatch& stopwatch =
        stopwatches_.try_emplace(to_string(subject.target.device), subject.target.device).first->second;
    Executable& executable = *prepared_.executable;
    const MeanSeconds seconds = [&](size_t count, const std::function<void()>& before) {
      return executable.mean_seconds(count, before);
    };
    double bytes = 0;
    for (const Instruction& instruction : executable.instructions()) bytes += double(instruction.bytes);
    const double copy = stopwatch.copy_seconds(size_t(bytes), caches);
    if (!prepared_.runs.count(caches)) prepared_.runs[caches] = stopwatch.runs_in(sample_seconds_, caches, seconds);
    const size_t runs = prepared_.runs[caches];
    double each = 0;
    while (state.KeepRunningBatch(benchmark::IterationCount(runs))) {
      each = stopwatch.sample(runs, caches, seconds);
      state.SetIterationTime(each * double(runs));
    }
    for (const auto& gpu : gpus_) gpu->watch();

    using benchmark::Counter;
    state.counters["bytes/s"] = Counter(bytes, Counter::kIsIterationInvariantRate);
    if (executable.flops() > 0)
      state.counters["flop/s"] = Counter(executable.flops(), Counter::kIsIterationInvariantRate);
    state.counters["copy%"] = Counter(100 * copy / each);
    state.SetLabel(subject.ours.name);
  }

  double sample_seconds_;
  bool checks_;  // results, before they are timed
  std::vector<std::unique_ptr<GpuStatus>> gpus_;
  std::map<std::string, Stopwatch> stopwatches_;  // by device
  BenchChecker checker_;
  Prepared prepared_;
  std::set<std::string> failed_;
};

// Runs each kernel once on the device, and nothing else there: forward values that gradients need are computed on the
// host.
void run_once(const std::vector<Selected>& selection) {
  for (const Selected& selected : selection) {
    const Subject& subject = selected.subject;
    const auto executable = subject.executable(subject.dtype() == DType::f32 ? Device::cpu() : Device::reference());
    executable->run();
    executable->synchronize();
    std::vector<std::string> steps;
    for (const Instruction& instruction : executable->instructions()) steps.push_back(instruction.name);
    fmt::print("{}: {}\n", subject.name, fmt::join(steps, ", "));
  }
}

// Adds to the report what is known before the measurements.
void add_context(const std::vector<Device>& devices, bool checks) {
  nlohmann::ordered_json facts = machine();
  facts["results_checked"] = checks ? "yes" : "no";
  const auto gpu = std::find_if(devices.begin(), devices.end(),
                                [](const Device& device) { return device.backend == Backend::cuda; });
  facts.update(gpu_settings(gpu == devices.end() ? devices.at(0) : *gpu));
  for (const auto& [key, value] : facts.items()) {
    std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (value.is_array()) text = fmt::format("{}", fmt::join(value.get<std::vector<std::string>>(), ", "));
    benchmark::AddCustomContext(key, text);
  }
}

/// The devices named on the command line; by default those that work here and whose times are meaningful.
std::vector<Device> devices(const Options& options) {
  std::vector<Device> chosen;
  for (const std::string& name : options.devices) chosen.push_back(any_device(name));
  if (!chosen.empty()) return chosen;
  chosen.push_back(Device::cpu());
  if (const Device best = find_device("auto"); best.backend == Backend::cuda) chosen.push_back(best);
  if (options.filter.find(to_string(Backend::emulated)) != std::string::npos) chosen.push_back(Device::emulated());
  return chosen;
}

constexpr const char* kSampleSeconds = "0.02";

void bench(Options options, std::vector<std::string> extra) {
  BenchFlags flags(std::move(extra));
  if (const std::string filter = flags.take("filter"); !filter.empty()) {
    check(options.filter.empty(), "bench: FILTER '{}' and --benchmark_filter={} are the same option; give one",
          options.filter, filter);
    options.filter = filter;
  }
  flags.initialise();
  const std::vector<Device> on = devices(options);
  const std::vector<Selected> selection = select(options.filter, on, options.all_rows);
  if (options.once) return run_once(selection);

  const double sample_seconds = std::strtod(flags.value("min_time", kSampleSeconds).c_str(), nullptr);
  check(sample_seconds >= 0 && std::isfinite(sample_seconds), "--benchmark_min_time: {} is not a number of seconds",
        sample_seconds);
  Bench bench(on, sample_seconds, !options.no_check);
  for (const Selected& selected : selection) {
    bench.add(selected);
    if (flags.is_set("list_tests"))
      for (const CacheState state : selected.states) fmt::print("{}\n", selected.name(state));
  }
  if (flags.is_set("list_tests")) return;

  add_context(on, !options.no_check);
  bool added = false;  // up to two reporters call this
  const std::function<void()> add_last_context = [&] {
    if (!std::exchange(added, true)) benchmark::AddCustomContext("gpu_throttling", bench.throttling());
  };
  const std::string colour = flags.value("color", "auto");
  const auto make_reporter = [&](const std::string& format, bool into_file) {
    return reporter(format, into_file, colour == "auto" ? isatty(STDOUT_FILENO) : flags.is_set("color"),
                    flags.is_set("counters_tabular"), add_last_context);
  };
  const auto display = make_reporter(flags.value("format", "console"), false);
  const auto file = flags.value("out", "").empty() ? nullptr : make_reporter(flags.value("out_format", "json"), true);
  benchmark::RunSpecifiedBenchmarks(display.get(), file.get());
  benchmark::Shutdown();
  if (const std::string throttling = bench.throttling(); throttling != "unknown" && throttling != "none seen")
    print_error("tuna: the GPU was throttled during the benchmark: {}\n", throttling);
  check(bench.failures() == 0, "bench: {} of {} could not be timed (ERROR OCCURRED above)", bench.failures(),
        selection.size());
}

}  // namespace

void add_bench(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "bench",
      "Times single ops, with `bench step` whole training steps, with `bench limits` the machine's rates\n"
      "Each op is timed forward and backward separately at realistic sizes, after its results were compared with the "
      "reference; exit code 1 if any is wrong or cannot be timed. Names are op/direction/backend/type/shape of the "
      "first input[/row:N][/version][/algorithm:NAME]/caches. Types: the type of activations, or tf32. row:2 is the "
      "op's second row with an input of that shape; the label at the end of a line names the row. Version plain: a "
      "fused op as the separate ops that it replaces; cudnn: cuDNN's instance norm. algorithm:NAME: a convolution by "
      "that algorithm instead of the first that fits. Caches cold: emptied before each run (not timed); warm: runs "
      "follow each other. On a GPU, times are between events inside a CUDA graph of up to 200 runs.");
  const auto options = std::make_shared<Options>();
  command->add_option("FILTER", options->filter, "Part of an op's name, or a regular expression for the whole name")
      ->type_name("");
  add_any_device(*command, options->devices,
                 "Device to run on; may be given several times. Default: cpu, and a GPU if one works; emulated only if "
                 "FILTER names it, because its times are not meaningful")
      ->allow_extra_args(false);
  command->add_flag(
      "--once", options->once,
      "Runs each selected kernel exactly once, for a profiler such as ncu: no check, no warm-up, no times");
  command->add_flag("--all-rows", options->all_rows,
                    "Also times the small sizes of the tests; by default only those of ops without other sizes");
  command->add_flag("--no-check", options->no_check,
                    "Does not compare results with the reference first, which at large sizes takes longer than the "
                    "measurements; for builds whose tests have passed");
  command->allow_extras();
  add_bench_step(*command);
  add_bench_convolutions(*command);
  add_bench_limits(*command);
  command->footer(
      fmt::format("Columns: Time (real_time in JSON): of one run, as median, p95 and spread (largest minus smallest,\n"
                  "relative to the median) of 20 repetitions. CPU (cpu_time): host time, all preparation included.\n"
                  "bytes/s and flop/s: what the steps must read, write and compute; an op that only moves data has no\n"
                  "flop/s. copy%: the time of a copy that moves as many bytes (by memcpy, on a GPU by a kernel), with\n"
                  "caches in the same state, as a percentage of the run's time.\n"
                  "\n"
                  "Options that begin with --benchmark_ are passed to Google Benchmark: --benchmark_list_tests,\n"
                  "--benchmark_filter (the same as FILTER),\n"
                  "--benchmark_format=json (as its compare.py reads it; with every repetition if you add\n"
                  "--benchmark_display_aggregates_only=false, or in the file of --benchmark_out=...),\n"
                  "--benchmark_repetitions=20, --benchmark_min_time={} (of a repetition), and so on.\n"
                  "The JSON context has build and flags, processor, libraries, GPU, driver, clocks, power limit and\n"
                  "throttling, and whether results were checked; its library_build_type is Google Benchmark's, which\n"
                  "only counts repetitions.\n"
                  "\n"
                  "Examples:\n"
                  "  tuna bench instance_norm\n"
                  "  tuna bench 'conv2d/backward/.*x256/warm$' --benchmark_format=json\n"
                  "  ncu --set full tuna bench instance_norm_fused/backward --device cuda --once\n"
                  "  tuna bench step --spec specs/bench/64-ngf16.json",
                  kSampleSeconds));
  command->callback([command, options] {
    if (command->get_subcommands().empty()) bench(*options, command->remaining());
  });
}

}  // namespace tuna
