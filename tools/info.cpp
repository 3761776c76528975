// `tuna info`: which build this is and what it runs on, for reports of results and of bugs.
#include <nlohmann/json.hpp>

#include "engine/build_info.h"
#include "engine/cuda_runtime.h"
#include "engine/memory.h"
#include "kernels/conv/cudnn.h"
#include "kernels/conv/onednn.h"
#include "tools/commands.h"
#include "tools/cpu.h"

namespace tuna {
namespace {

std::vector<std::string> gpus(const CudaSurvey& cuda) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < cuda.gpus.size(); ++i) {
    const Gpu& gpu = cuda.gpus[i];
    const std::string trouble = trouble_with_gpu(int(i));
    lines.push_back(fmt::format("cuda:{} {}, {}, compute capability {}.{}{}", i, gpu.name, human_bytes(gpu.bytes),
                                gpu.major, gpu.minor, trouble.empty() ? "" : "; cannot be used: " + trouble));
  }
  return lines;
}

void info(bool as_json) {
  const CudaSurvey cuda = cuda_survey();
  std::vector<std::string> backends = {to_string(Backend::cpu), to_string(Backend::ref), to_string(Backend::emulated)};
  if (!cuda.toolkit.empty()) backends.push_back(to_string(Backend::cuda));
  const int threads = Device::cpu().threads;
  if (as_json) {
    const nlohmann::ordered_json json = {
        {"version", TUNA_VERSION}, {"build", build_id()},        {"compiler", compiler()},
        {"flags", build_flags()},  {"cpu", cpu_model()},         {"instruction_sets", instruction_sets()},
        {"threads", threads},      {"onednn", onednn_version()}, {"backends", backends},
        {"cuda", cuda.toolkit},    {"cudnn", cudnn_version()},   {"driver", cuda.driver},
        {"gpus", gpus(cuda)},      {"no_gpu", cuda.trouble}};
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
  if (!cuda.toolkit.empty())
    fmt::print("cuda      toolkit {}, {}, {}\n", cuda.toolkit, cudnn_version(),
               cuda.driver.empty() ? "no driver" : "driver for " + cuda.driver);
  for (const std::string& gpu : gpus(cuda)) fmt::print("gpu       {}\n", gpu);
  if (cuda.gpus.empty()) fmt::print("gpu       none: {}\n", cuda.trouble);
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
