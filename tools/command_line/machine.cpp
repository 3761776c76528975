#include "tools/command_line/machine.h"

#include <fmt/format.h>

#include "data/image_file.h"
#include "engine/base/build_info.h"
#include "engine/base/cpu.h"
#include "engine/base/human_bytes.h"
#include "engine/runtime/find_device.h"
#include "engine/runtime/gpu_status.h"
#include "engine/runtime/memory.h"
#include "kernels/conv/cpu_kernels.h"
#include "kernels/libraries/cudnn.h"
#include "kernels/libraries/onednn.h"

namespace tuna {
namespace {

std::vector<std::string> gpus(const CudaSurvey& cuda) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < cuda.gpus.size(); ++i) {
    const Gpu& gpu = cuda.gpus[i];
    const std::string reason = gpu_unsupported_reason(int(i));
    lines.push_back(fmt::format("cuda:{} {}, {}, compute capability {}.{}{}", i, gpu.name, human_bytes(gpu.bytes),
                                gpu.major, gpu.minor, reason.empty() ? "" : "; cannot be used: " + reason));
  }
  return lines;
}

}  // namespace

nlohmann::ordered_json machine() {
  const CudaSurvey cuda = cuda_survey();
  std::vector<std::string> backends = {to_string(Backend::cpu), to_string(Backend::ref), to_string(Backend::emulated)};
  if (!cuda.toolkit.empty()) backends.push_back(to_string(Backend::cuda));
  return {{"version", TUNA_VERSION},
          {"build", build_id()},
          {"compiler", compiler()},
          {"flags", build_flags()},
          {"cpu", cpu_model()},
          {"instruction_sets", instruction_sets()},
          {"conv_instruction_set", to_string(cpu_conv_kernels().instruction_set)},
          {"threads", Device::cpu().threads},
          {"onednn", onednn_version()},
          {"images", image_decoders()},
          {"backends", backends},
          {"cuda", cuda.toolkit},
          {"cudnn", cudnn_version()},
          {"driver", cuda.driver},
          {"gpus", gpus(cuda)},
          {"no_gpu", cuda.reason}};
}

nlohmann::ordered_json gpu_settings(const Device& device) {
  const bool is_gpu = device.backend == Backend::cuda;
  const GpuSettings found = is_gpu ? GpuStatus(cuda_survey().gpus.at(size_t(device.index))).settings() : GpuSettings();
  return {{"gpu", is_gpu ? describe(device) : "none"},
          {"gpu_driver", found.driver},
          {"gpu_clocks", found.clocks},
          {"gpu_power_limit", found.power_limit}};
}

}  // namespace tuna
