// `tuna bench convolutions`: each convolution of a training step with every algorithm that computes it, next to its
// bound.
#include <map>

#include "engine/base/statistics.h"
#include "kernels/conv/conv_trial.h"
#include "kernels/conv/heaviest.h"
#include "kernels/conv/tables.h"
#include "kernels/limits/measured_limits.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/machine.h"
#include "tools/command_line/settings.h"
#include "training/methods/method.h"
#include "training/run/compute_device.h"
#include "training/run/session.h"

namespace tuna {
namespace {

struct Options {
  std::string spec, device, phase;
  std::vector<std::string> settings;
  size_t heaviest = 0;  // 0: all
  bool as_json = false;
};

constexpr int kRounds = 5;

struct Timed {
  std::string algorithm;
  double seconds;      // the median of rounds in which the algorithms take turns
  std::string reason;  // why it cannot run, such as an engine that a library lacks for this GPU; else empty
};

/// In the order of the table: the first is the one that runs.
std::vector<Timed> time_algorithms(const ConvStep& step, const Target& target) {
  ConvTrial trial(step, target);
  std::vector<Timed> timed;
  std::map<std::string, std::vector<double>> seconds;
  for (const ConvAlgorithm& each : fitting_algorithms(step.direction, step.problem, target)) {
    timed.push_back({each.name, 0, ""});
    try {
      trial.once({each.name, {}});
    } catch (const Error& error) {
      timed.back().reason = error.what();
    }
  }
  for (int round = 0; round < kRounds; ++round)
    for (const Timed& each : timed)
      if (each.reason.empty()) seconds[each.algorithm].push_back(trial.again({each.algorithm, {}}));
  for (Timed& each : timed)
    if (each.reason.empty()) each.seconds = median(seconds[each.algorithm]);
  return timed;
}

void print_rows(const WeighedConvolution& convolution, double least, const std::vector<Timed>& timed) {
  fmt::print("{}, {} in a step\n", convolution.key, convolution.count);
  for (const auto& [algorithm, seconds, reason] : timed)
    if (reason.empty())
      fmt::print("  {:18} {:10.1f} {:10.1f} {:10.1f} {:9.0f} %\n", algorithm, 1e6 * seconds,
                 1e-9 * convolution.step.problem.flops() / seconds, 1e6 * least, 100 * least / seconds);
    else
      fmt::print("  {:18} cannot run: {}\n", algorithm, reason);
}

nlohmann::ordered_json json_of(const WeighedConvolution& convolution, double least, const std::vector<Timed>& timed) {
  auto algorithms = nlohmann::ordered_json::array();
  for (const auto& [algorithm, seconds, reason] : timed)
    if (reason.empty())
      algorithms.push_back({{"algorithm", algorithm},
                            {"microseconds", 1e6 * seconds},
                            {"gflops", 1e-9 * convolution.step.problem.flops() / seconds},
                            {"least_of_time", least / seconds}});
    else
      algorithms.push_back({{"algorithm", algorithm}, {"reason", reason}});
  return {{"convolution", convolution.key},
          {"count", convolution.count},
          {"gflop", 1e-9 * convolution.step.problem.flops()},
          {"microseconds_least", 1e6 * least},
          {"algorithms", std::move(algorithms)}};
}

void bench_convolutions(Options options) {
  if (!options.device.empty()) options.settings.push_back("device=" + options.device);
  const Spec spec = read_spec(options.spec, options.settings);
  const Target target = target_of(spec);
  const std::vector<Phase> phases = phases_without_images(spec);
  const Phase& phase = options.phase.empty() ? main_phase(phases) : find_phase(phases, options.phase);
  const std::optional<MachineLimits> limits = measured_limits(target);
  check(limits.has_value(), "bench convolutions: times on {} are not meaningful; expected cpu or cuda",
        to_string(target.device));
  Program program(activation_type(target.precision));
  phase.record(program);
  std::vector<WeighedConvolution> convolutions = heaviest_first(program, target.precision, *limits);
  if (options.heaviest > 0 && options.heaviest < convolutions.size()) convolutions.resize(options.heaviest);

  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  if (!options.as_json)
    fmt::print("{}, phase {}, {}: at most {:.0f} GFLOP/s and {:.1f} GB/s\n\n  {:18} {:>10} {:>10} {:>10} {:>11}\n",
               spec.name, phase.name, describe(target.device), limits->flops * 1e-9, limits->bytes * 1e-9, "algorithm",
               "us", "GFLOP/s", "least us", "least/us");
  for (const WeighedConvolution& each : convolutions) {
    const double least = each.seconds / double(each.count);
    const std::vector<Timed> timed = time_algorithms(each.step, target);
    if (options.as_json)
      rows.push_back(json_of(each, least, timed));
    else
      print_rows(each, least, timed);
    std::fflush(stdout);
  }
  if (!options.as_json) return;
  fmt::print("{}\n", nlohmann::ordered_json({{"spec", spec.name},
                                             {"phase", phase.name},
                                             {"device", describe(target.device)},
                                             {"precision", to_string(target.precision)},
                                             {"gflops", limits->flops * 1e-9},
                                             {"gb_per_second", limits->bytes * 1e-9},
                                             {"convolutions", std::move(rows)},
                                             {"machine", machine()}})
                         .dump(2));
}

}  // namespace

void add_bench_convolutions(CLI::App& bench) {
  CLI::App* command = bench.add_subcommand(
      "convolutions",
      "Times the algorithms of each convolution of a training step\n"
      "Next to the least time at the limits of this machine: the longer of its operations, counted as a direct "
      "convolution, and of reading its inputs and writing its output once. Heaviest first, its count in the step "
      "included; of the algorithms the first is the one that runs without a tuning file. In each run a weight is "
      "packed anew where an algorithm needs that; inputs are in the caches as the last run leaves them.");
  const auto options = std::make_shared<Options>();
  command->add_option("--spec", options->spec, "Sizes of networks, images and batch")->type_name("SPEC")->required();
  command->add_option("--phase", options->phase, "Phase of the step; default: the main phase")->type_name("NAME");
  command->add_option("--heaviest", options->heaviest, "Only the first N convolutions; default: all")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000).description(""));
  add_device(*command, options->device);
  command->add_flag("--json", options->as_json, "Prints JSON");
  add_settings(*command, options->settings);
  command->footer(
      "More than 100 % of least/us: Winograd's algorithm multiplies a quarter as often as it is\n"
      "counted, or memory is in a cache.\n"
      "Example:\n"
      "  tuna bench convolutions --spec specs/bench/128-ngf64.json --heaviest 10");
  command->callback([options] { bench_convolutions(*options); });
}

}  // namespace tuna
