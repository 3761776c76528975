#include "kernels/conv/tuning.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "engine/base/cpu.h"
#include "engine/runtime/cuda_runtime.h"
#include "kernels/conv/tables.h"
#include "kernels/libraries/cudnn.h"
#include "kernels/libraries/onednn.h"

namespace tuna {

std::string to_string(const TuningPlace& place) {
  return place.processor + (place.libraries == "none" ? "" : " with " + place.libraries);
}

TuningPlace tuning_place(const Device& device) {
  const bool is_limited = usable_instruction_set() < largest_instruction_set();
  switch (device.backend) {
    case Backend::cpu:
      return {"cpu", cpu_model() + (is_limited ? ", limited to " + to_string(usable_instruction_set()) : ""),
              onednn_version()};
    case Backend::cuda: {
      const Gpu gpu = cuda_survey().gpus.at(size_t(device.index));
      return {"cuda", fmt::format("{} (compute capability {}.{})", gpu.name, gpu.major, gpu.minor), cudnn_version()};
    }
    default:
      return {to_string(device.backend), "backend " + to_string(device.backend), "none"};
  }
}

ConvChoices read_tuning(const std::filesystem::path& path) {
  std::error_code ignored;
  const bool is_file = std::filesystem::is_regular_file(path, ignored);
  std::ifstream file(is_file ? path : std::filesystem::path(), std::ios::binary);
  check(bool(file), "{}: cannot be read, expected a tuning file of `tuna tune`", path.string());
  constexpr size_t kLargest = 1 << 24;
  std::string text(kLargest + 1, '\0');
  errno = 0;
  file.read(text.data(), std::streamsize(text.size()));
  check(!file.bad(), "{}: cannot be read to its end: {}", path.string(), std::strerror(errno));
  text.resize(size_t(file.gcount()));
  check(text.size() <= kLargest, "{}: larger than {} bytes, expected a tuning file of `tuna tune`", path.string(),
        kLargest);
  return parse_tuning(text, path.string());
}

std::string measured_elsewhere(const ConvChoices& choices, const Device& device) {
  const TuningPlace here = tuning_place(device);
  if (choices.place == here) return "";
  return fmt::format("was measured on {}, and this is {}", to_string(choices.place), to_string(here));
}

namespace {

void check_algorithms(const ConvChoices& choices, Backend backend) {
  for (const auto& [key, choice] : choices.convolutions) {
    const ConvAlgorithm* algorithm = find_algorithm(conv_algorithms(backend), choice.algorithm);
    check(algorithm != nullptr, "{}: {}: backend {} has no algorithm '{}'; it has {}", choices.file, key,
          to_string(backend), choice.algorithm, names_of(conv_algorithms(backend)));
    check(!choice.engine || algorithm->engines, "{}: {}: algorithm '{}' has no engines to choose from", choices.file,
          key, choice.algorithm);
  }
}

}  // namespace

void use_tuning(Target& target, const std::filesystem::path& path) {
  auto choices = std::make_shared<ConvChoices>(read_tuning(path));
  const std::string elsewhere = measured_elsewhere(*choices, target.device);
  check(elsewhere.empty(), "{}: {}; run `tuna tune` on this machine, or use the fixed rule without a tuning file",
        path.string(), elsewhere);
  check_algorithms(*choices, target.device.backend);
  target.conv_choices = std::move(choices);
}

}  // namespace tuna
