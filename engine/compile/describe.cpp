#include "engine/compile/describe.h"

#include <map>
#include <nlohmann/json.hpp>

#include "engine/base/human_bytes.h"

namespace tuna {
namespace {

// "net.layer1.0, net.layer1.1 x2"
std::string listed(const std::map<std::string, int>& counts) {
  std::string text;
  for (const auto& [name, count] : counts)
    text += (text.empty() ? "" : ", ") + name + (count > 1 ? fmt::format(" x{}", count) : "");
  return text;
}

}  // namespace

std::string operation(const Instruction& instruction) {
  return instruction.algorithm.empty() ? instruction.name
                                       : fmt::format("{} ({})", instruction.name, instruction.algorithm);
}

std::string types(const std::vector<View>& views) {
  std::string text;
  for (const View& view : views) text += (text.empty() ? "" : ", ") + to_string(view.type);
  return text;
}

std::string one_decimal(double value) {
  if (value == 0) return "-";
  return value < 0.1 ? "<0.1" : fmt::format("{:.1f}", value);
}

std::string to_text(const Executable& executable) {
  std::string text = fmt::format("{:>5}  {:<38} {:<44} {:<40} {:>10} {:>9}\n", "step", "operation", "module", "outputs",
                                 "bytes", "MFLOP");
  size_t number = 0;
  for (const Instruction& instruction : executable.instructions())
    text += fmt::format("{:>5}  {:<38} {:<44} {:<40} {:>10} {:>9}\n", number++, operation(instruction).substr(0, 38),
                        instruction.scope, types(instruction.args.out), human_bytes(instruction.bytes),
                        one_decimal(instruction.flops * 1e-6));
  text += fmt::format("{} steps, {:.2f} GFLOP; memory {} (without reuse {})\n", executable.instructions().size(),
                      executable.flops() * 1e-9, human_bytes(executable.plan().bytes),
                      human_bytes(executable.plan().without_reuse));
  return text;
}

std::string to_json(const Executable& executable) {
  const auto list = [](const std::vector<View>& views) {
    nlohmann::json found = nlohmann::json::array();
    for (const View& view : views) found.push_back(to_string(view.type));
    return found;
  };
  nlohmann::ordered_json steps = nlohmann::ordered_json::array();
  for (const Instruction& instruction : executable.instructions())
    steps.push_back({{"operation", instruction.name},
                     {"algorithm", instruction.algorithm},
                     {"module", instruction.scope},
                     {"in", list(instruction.args.in)},
                     {"out", list(instruction.args.out)},
                     {"bytes", instruction.bytes},
                     {"flops", instruction.flops}});
  const nlohmann::ordered_json json = {{"steps", std::move(steps)},
                                       {"flops", executable.flops()},
                                       {"memory", executable.plan().bytes},
                                       {"memory_without_reuse", executable.plan().without_reuse}};
  return json.dump(1) + "\n";
}

std::string fusions_to_text(const Executable& executable) {
  struct Found {
    int times = 0;
    std::map<std::string, int> modules;
  };
  std::map<std::pair<std::string, std::string>, Found> fused;  // by rule and chain
  for (const Instruction& instruction : executable.instructions()) {
    const auto& [rule, ops] = instruction.fusion;
    if (rule.empty()) continue;
    Found& found = fused[{rule, ops.empty() ? instruction.name + ", not fused" : ops}];
    ++found.times;
    ++found.modules[instruction.scope];
  }
  std::string text = fmt::format("{:<20} {:<48} {:>5}  {}\n", "rule", "operations", "times", "modules");
  for (const auto& [key, found] : fused)
    text += fmt::format("{:<20} {:<48} {:>5}  {}\n", key.first, key.second, found.times, listed(found.modules));
  return text;
}

}  // namespace tuna
