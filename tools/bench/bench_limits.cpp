// `tuna bench limits`: how fast a device multiplies matrices and copies memory at most.
#include <nlohmann/json.hpp>

#include "kernels/limits/measured_copy.h"
#include "kernels/limits/measured_limits.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/machine.h"
#include "tools/command_line/settings.h"

namespace tuna {
namespace {

struct Options {
  std::string device = "auto";
  std::vector<Precision> precisions;
  std::vector<size_t> megabytes = {8, 32, 128, 512, 1000};
  bool as_json = false;
};

Target target_of(const Options& options) {
  check(options.precisions.size() <= 1, "bench limits: {} precisions, expected one", options.precisions.size());
  Target target = any_device(options.device);
  if (!options.precisions.empty()) target.precision = options.precisions.back();
  const std::string reason = unsupported_reason(target.device, target.precision);
  check(reason.empty(), "bench limits: {}", reason);
  return target;
}

void bench_limits(const Options& options) {
  const Target target = target_of(options);
  const std::optional<MachineLimits> limits = measured_limits(target);
  check(limits.has_value(), "bench limits: times on {} are not meaningful; expected cpu or cuda",
        to_string(target.device));
  if (!options.as_json)
    fmt::print("{}: {:.0f} GFLOP/s in {}\n\n{:>9} {:>12} {:>12}\n", describe(target.device), limits->flops * 1e-9,
               to_string(target.precision), "MB", "memcpy GB/s", "kernel GB/s");
  nlohmann::ordered_json copies;
  for (const size_t megabytes : options.megabytes) {
    const CopyRates rates = measured_copy(target.device, megabytes * 1'000'000);
    copies.push_back({{"megabytes", megabytes},
                      {"memcpy_gb_per_second", rates.memcpy * 1e-9},
                      {"kernel_gb_per_second", rates.kernel * 1e-9}});
    if (!options.as_json)
      fmt::print("{:>9} {:>12.1f} {:>12.1f}\n", megabytes, rates.memcpy * 1e-9, rates.kernel * 1e-9);
  }
  if (!options.as_json) return;
  fmt::print("{}\n", nlohmann::ordered_json({{"device", describe(target.device)},
                                             {"precision", to_string(target.precision)},
                                             {"gflops", limits->flops * 1e-9},
                                             {"copies", std::move(copies)},
                                             {"machine", machine()}})
                         .dump(2));
}

}  // namespace

void add_bench_limits(CLI::App& bench) {
  CLI::App* command = bench.add_subcommand(
      "limits",
      "Measures how fast a device multiplies matrices and copies memory at most\n"
      "The product is of 8192 x 8192 matrices, on a CPU of matrices that fit the first cache. Copies are by the "
      "device's own memcpy and by a kernel of the engine, the fastest of some rounds of runs that follow each other: "
      "sizes that fit a cache are copied there.");
  const auto options = std::make_shared<Options>();
  add_any_device(*command, options->device, "Device to measure; default: auto");
  add_precisions(*command, options->precisions, "Of the product; default: fp32");
  command->add_option("--megabytes", options->megabytes, "Sizes to copy, in MB; default: 8 32 128 512 1000")
      ->type_name("N...")
      ->check(CLI::Range(1, 100000).description(""));
  command->add_flag("--json", options->as_json, "Prints JSON");
  command->footer(
      "GB/s count bytes read and bytes written.\n"
      "Example:\n"
      "  tuna bench limits --device cuda --precision bf16");
  command->callback([options] { bench_limits(*options); });
}

}  // namespace tuna
