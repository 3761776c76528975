#include "engine/compile/profile.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/compile/describe.h"
#include "engine/runtime/cuda_runtime.h"

namespace tuna {
namespace {

struct Sum {
  double seconds = 0, flops = 0, bytes = 0, least_seconds = 0;
  int count = 0;

  void add(const Instruction& step, double its_seconds, const std::optional<MachineLimits>& limits) {
    seconds += its_seconds;
    flops += step.flops;
    bytes += double(step.bytes);
    if (limits) least_seconds += limits->seconds(step.flops, double(step.bytes));
    ++count;
  }
};

constexpr const char* kFormat = "{:>9} {:>7} {:>6} {:>9} {:>7}{:>10} {:>9}  {}\n";

std::string heading(const std::optional<MachineLimits>& limits) {
  std::string text = fmt::format(kFormat, "ms", "of run", "count", "GFLOP/s", "GB/s", limits ? "least ms" : "",
                                 limits ? "least/ms" : "", "operation");
  if (limits)
    text = fmt::format(
               "least: the time at {:.1f} GFLOP/s or {:.1f} GB/s, the limits of this machine as measured; "
               "convolutions count as direct ones\n\n",
               limits->flops * 1e-9, limits->bytes * 1e-9)
           + text;
  return text;
}

std::string row(const std::string& name, const Sum& sum, double total, bool has_limits) {
  const double rate = sum.seconds > 0 ? 1e-9 / sum.seconds : 0;
  const auto percent = [](double share) { return fmt::format("{:.1f} %", 100 * share); };
  return fmt::format(
      kFormat, fmt::format("{:.3f}", sum.seconds * 1e3), percent(sum.seconds / total), sum.count,
      one_decimal(sum.flops * rate), one_decimal(sum.bytes * rate),
      has_limits ? fmt::format("{:.3f}", sum.least_seconds * 1e3) : "",
      has_limits && sum.seconds > 0 ? fmt::format("{:.0f} %", 100 * sum.least_seconds / sum.seconds) : "", name);
}

nlohmann::ordered_json kernels(const Instruction& step, const Device& device) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  if (device.backend != Backend::cuda) return all;
  Stream stream = runtime(device).stream();
  const std::vector<GraphNode> nodes = cuda_nodes(device.index, [&] { step.run(step.args, stream); });
  for (const GraphNode& node : nodes) {
    nlohmann::ordered_json each = {{"symbol", node.name}, {"grid", nullptr}};
    if (node.is_kernel())
      each.update({{"grid", node.grid}, {"block", node.block}, {"shared_bytes", node.shared_bytes}});
    all.push_back(std::move(each));
  }
  return all;
}

}  // namespace

void Profile::run(Executable& executable) {
  if (!executable.has_run()) return executable.run();
  executable.run(seconds_);
  ++runs_;
}

std::string Profile::table(const Executable& executable, const std::optional<MachineLimits>& limits,
                           size_t slowest) const {
  const std::vector<Instruction>& steps = executable.instructions();
  std::map<std::string, Sum> by_name;
  double total = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    const std::string& name = steps[i].name;
    by_name[name.compare(0, 5, "pack ") == 0 ? "pack" : name].add(steps[i], seconds_[i] / runs_, limits);
    total += seconds_[i] / runs_;
  }
  std::vector<std::pair<std::string, Sum>> sorted(by_name.begin(), by_name.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
  std::string text = fmt::format("{:.2f} ms per run, mean of {} runs\n", total * 1e3, runs_) + heading(limits);
  for (const auto& [name, sum] : sorted) text += row(name, sum, total, limits.has_value());

  std::vector<size_t> order(steps.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return seconds_[a] > seconds_[b]; });
  order.resize(std::min(order.size(), slowest));
  text += "\nslowest steps\n";
  for (const size_t i : order) {
    const std::string out = steps[i].args.out.empty() ? "" : to_string(steps[i].args.out[0].type);
    Sum sum;
    sum.add(steps[i], seconds_[i] / runs_, limits);
    text += row(steps[i].scope + " " + steps[i].name + " " + out, sum, total, limits.has_value());
  }
  return text;
}

std::string Profile::instructions(const Executable& executable, const std::optional<MachineLimits>& limits) const {
  executable.synchronize();
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (size_t i = 0; i < seconds_.size(); ++i) {
    const Instruction& step = executable.instructions()[i];
    const double seconds = seconds_[i] / runs_, rate = seconds > 0 ? 1e-9 / seconds : 0;
    nlohmann::ordered_json each = {
        {"name", step.name},           {"algorithm", step.algorithm}, {"module", step.scope},
        {"out", types(step.args.out)}, {"ms", seconds * 1e3},         {"gflop", step.flops * 1e-9},
        {"bytes", step.bytes},         {"gflops", step.flops * rate}, {"gb_per_second", double(step.bytes) * rate}};
    if (limits) {
      const double least = limits->seconds(step.flops, double(step.bytes));
      each["ms_least"] = least * 1e3;
      each["least_of_time"] = seconds > 0 ? least / seconds : 0;
    }
    each["kernels"] = kernels(step, executable.target().device);
    all.push_back(std::move(each));
  }
  return nlohmann::ordered_json({{"runs", runs_}, {"instructions", std::move(all)}}).dump(1);
}

std::string Profile::chrome_trace(const Executable& executable) const {
  nlohmann::json events = nlohmann::json::array();
  double begin = 0;  // microseconds
  for (size_t i = 0; i < seconds_.size(); ++i) {
    const Instruction& step = executable.instructions()[i];
    const double duration = seconds_[i] / runs_ * 1e6;
    events.push_back({{"name", step.name},
                      {"cat", step.scope},
                      {"ph", "X"},
                      {"ts", begin},
                      {"dur", duration},
                      {"pid", 0},
                      {"tid", 0},
                      {"args", {{"module", step.scope}, {"flop", step.flops}, {"bytes", step.bytes}}}});
    begin += duration;
  }
  return nlohmann::json({{"traceEvents", events}, {"displayTimeUnit", "ms"}}).dump();
}

}  // namespace tuna
