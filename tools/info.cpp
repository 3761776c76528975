// `tuna info`: which build this is and what it runs on, for reports of results and of bugs.
#include <fmt/format.h>

#include "engine/base/cpu.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/machine.h"

namespace tuna {
namespace {

void info(bool as_json) {
  const nlohmann::ordered_json facts = machine();
  if (as_json) {
    fmt::print("{}\n", facts.dump(2));
    return;
  }
  const auto text = [&](const char* key) { return facts.at(key).get<std::string>(); };
  fmt::print("tuna      {}\n", text("build"));
  fmt::print("compiler  {}\n", text("compiler"));
  fmt::print("flags     {}\n", text("flags"));
  fmt::print("cpu       {}\n", cpu_description());
  fmt::print("kernels   convolutions for {}\n", text("conv_instruction_set"));
  fmt::print("threads   {}\n", facts.at("threads").get<int>());
  fmt::print("library   {}\n", text("onednn"));
  fmt::print("images    {}\n", text("images"));
  fmt::print("backends  {}\n", fmt::join(facts.at("backends").get<std::vector<std::string>>(), ", "));
  if (!text("cuda").empty())
    fmt::print("cuda      toolkit {}, {}, {}\n", text("cuda"), text("cudnn"),
               text("driver").empty() ? "no driver" : "driver for " + text("driver"));
  for (const auto& gpu : facts.at("gpus")) fmt::print("gpu       {}\n", gpu.get<std::string>());
  if (facts.at("gpus").empty()) fmt::print("gpu       none: {}\n", text("no_gpu"));
}

}  // namespace

void add_info(CLI::App& app) {
  CLI::App* command = app.add_subcommand("info", "Version, compiler, processor and backends");
  const auto as_json = std::make_shared<bool>();
  command->add_flag("--json", *as_json, "Prints JSON");
  command->footer("Example:\n  tuna info --json");
  command->callback([as_json] { info(*as_json); });
}

}  // namespace tuna
