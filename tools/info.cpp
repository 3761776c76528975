// `tuna info`: which build this is and what it runs on, for reports of results and of bugs.
#include <nlohmann/json.hpp>

#include "engine/build_info.h"
#include "engine/device.h"
#include "kernels/conv/onednn.h"
#include "tools/commands.h"
#include "tools/cpu.h"

namespace tuna {
namespace {

void info(bool as_json) {
  const std::vector<std::string> backends = {to_string(Backend::cpu), to_string(Backend::ref)};
  const int threads = Device::cpu().threads;
  if (as_json) {
    const nlohmann::ordered_json json = {
        {"version", TUNA_VERSION}, {"build", build_id()},        {"compiler", compiler()},
        {"flags", build_flags()},  {"cpu", cpu_model()},         {"instruction_sets", instruction_sets()},
        {"threads", threads},      {"onednn", onednn_version()}, {"backends", backends}};
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("tuna      {}\n", build_id());
  fmt::print("compiler  {}\n", compiler());
  fmt::print("flags     {}\n", build_flags());
  fmt::print("cpu       {}\n", cpu_description());
  fmt::print("threads   {}\n", threads);
  fmt::print("library   {}\n", onednn_version());
  fmt::print("backends  {}\n", fmt::join(backends, ", "));
}

}  // namespace

void add_info(CLI::App& app) {
  CLI::App* command = app.add_subcommand("info", "Version, compiler, processor and backends");
  const auto as_json = std::make_shared<bool>();
  command->add_flag("--json", *as_json, "For a program to read");
  command->footer("Example:\n  tuna info --json");
  command->callback([as_json] { info(*as_json); });
}

}  // namespace tuna
