#include "kernels/conv/conv_plans.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "engine/cuda_runtime.h"
#include "kernels/conv/conv_step.h"
#include "kernels/conv/cuda/linear_product.h"
#include "kernels/libraries/cudnn.h"

namespace tuna {

std::string to_string(const ConvEngine& engine) {
  std::string text = fmt::format("engine {}", engine.index);
  for (const auto& [knob, value] : engine.knobs)
    text += fmt::format("{} {}={}", knob == engine.knobs.begin()->first ? " with" : ",", knob, value);
  return text;
}

std::string to_string(const TuningPlace& place) {
  return fmt::format("{} (compute capability {}) with {}", place.gpu, place.compute_capability, place.cudnn);
}

TuningPlace tuning_place(const Device& device) {
  const Gpu gpu = cuda_survey().gpus.at(size_t(device.index));
  return {gpu.name, fmt::format("{}.{}", gpu.major, gpu.minor), cudnn_version()};
}

const ConvEngine* ConvPlans::find(ConvDirection direction, const ConvProblem& problem, Precision precision) const {
  const auto found = convolutions.find(plan_key(direction, problem, precision));
  return found == convolutions.end() ? nullptr : &found->second.engine;
}

ConvPlans ConvPlans::from_json(const std::string& text, const std::string& name) {
  ConvPlans plans;
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    json.at("gpu").get_to(plans.place.gpu);
    json.at("compute_capability").get_to(plans.place.compute_capability);
    json.at("cudnn").get_to(plans.place.cudnn);
    for (const nlohmann::json& each : json.at("convolutions")) {
      const auto key = each.at("convolution").get<std::string>();
      const Tuned tuned{{each.at("engine").get<int64_t>(), each.at("knobs").get<std::map<int64_t, int64_t>>()},
                        each.at("microseconds").get<double>()};
      check(plans.convolutions.emplace(key, tuned).second, "{}: has '{}' twice", name, key);
    }
  } catch (const nlohmann::json::exception& error) {
    fail("{}: is no plan of `tuna tune`: {}", name, error.what());
  }
  return plans;
}

std::string ConvPlans::to_json() const {
  nlohmann::ordered_json json = {{"gpu", place.gpu},
                                 {"compute_capability", place.compute_capability},
                                 {"cudnn", place.cudnn},
                                 {"convolutions", nlohmann::ordered_json::array()}};
  for (const auto& [key, tuned] : convolutions)
    json["convolutions"].push_back({{"convolution", key},
                                    {"engine", tuned.engine.index},
                                    {"knobs", tuned.engine.knobs},
                                    {"microseconds", tuned.microseconds}});
  return json.dump(2) + "\n";
}

ConvPlans read_conv_plans(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  check(bool(file) && !std::filesystem::is_directory(path), "{}: cannot be read, expected a plan of `tuna tune`",
        path.string());
  return ConvPlans::from_json({std::istreambuf_iterator<char>(file), {}}, path.string());
}

std::string trouble_with_plans(const ConvPlans& plans, const Device& device) {
  const bool cuda = device.backend == Backend::cuda;
  if (cuda && plans.place == tuning_place(device)) return "";
  return fmt::format("was tuned on {}, and this is {}", to_string(plans.place),
                     cuda ? to_string(tuning_place(device)) : to_string(device));
}

void use_conv_plans(Device& device, const std::filesystem::path& path) {
  auto plans = std::make_shared<ConvPlans>(read_conv_plans(path));
  const std::string trouble = trouble_with_plans(*plans, device);
  check(trouble.empty(), "{}: {}; `tuna tune` makes plans, and without one a fixed rule chooses", path.string(),
        trouble);
  device.conv_plans = std::move(plans);
}

std::string plan_key(ConvDirection direction, const ConvProblem& problem, Precision precision) {
  const char* f32 = precision == Precision::fp32 ? "f32, fp32" : "f32, tf32";
  return fmt::format("{} of {}, {}", to_string(direction), problem.name(),
                     is_short(problem.dtype) ? to_string(problem.dtype) : f32);
}

std::map<std::string, PlannedConvolution> convolutions_of(const Program& program, Precision precision) {
  std::map<std::string, PlannedConvolution> found;
  for (const ConvStep& step : convolutions_of(program))
    if (!is_linear(step.problem) || is_short(step.problem.dtype))  // cuBLAS computes the others
      found.insert({plan_key(step.direction, step.problem, precision), {step.direction, step.problem}});
  return found;
}

}  // namespace tuna
