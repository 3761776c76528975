#include "engine/compile/profile.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/compile/describe.h"

namespace tuna {
namespace {

struct Sum {
  double seconds = 0, flops = 0, bytes = 0;
  int count = 0;
};

std::string row(const std::string& name, const Sum& sum, double total) {
  const double rate = sum.seconds > 0 ? 1e-9 / sum.seconds : 0;
  return fmt::format("{:>9.3f} ms {:>5.1f} %  {:>5} x  {:>8} GFLOP/s {:>7} GB/s  {}\n", sum.seconds * 1e3,
                     100 * sum.seconds / total, sum.count, one_decimal(sum.flops * rate), one_decimal(sum.bytes * rate),
                     name);
}

}  // namespace

void Profile::run(Executable& executable) {
  if (!executable.has_run()) return executable.run();
  executable.run(seconds_);
  ++runs_;
}

std::string Profile::table(const Executable& executable, size_t slowest) const {
  const std::vector<Instruction>& steps = executable.instructions();
  std::map<std::string, Sum> by_name;
  double total = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    const std::string& name = steps[i].name;
    Sum& sum = by_name[name.compare(0, 5, "pack ") == 0 ? "pack" : name];
    sum.seconds += seconds_[i] / runs_;
    sum.flops += steps[i].flops;
    sum.bytes += double(steps[i].bytes);
    ++sum.count;
    total += seconds_[i] / runs_;
  }
  std::vector<std::pair<std::string, Sum>> sorted(by_name.begin(), by_name.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
  std::string text = fmt::format("{:.2f} ms per run, mean of {} runs\n\n", total * 1e3, runs_);
  for (const auto& [name, sum] : sorted) text += row(name, sum, total);

  std::vector<size_t> order(steps.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return seconds_[a] > seconds_[b]; });
  order.resize(std::min(order.size(), slowest));
  text += "\nslowest steps\n";
  for (const size_t i : order) {
    const std::string out = steps[i].args.out.empty() ? "" : to_string(steps[i].args.out[0].type);
    text += row(steps[i].scope + " " + steps[i].name + " " + out,
                {seconds_[i] / runs_, steps[i].flops, double(steps[i].bytes), 1}, total);
  }
  return text;
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
