#include "kernels/conv/tuning.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "engine/base/cpu.h"
#include "engine/base/reason.h"
#include "engine/runtime/cuda_runtime.h"
#include "kernels/conv/tables.h"
#include "kernels/libraries/cudnn.h"
#include "kernels/libraries/onednn.h"

namespace tuna {

std::string to_string(const TuningPlace& place) {
  return place.processor + (place.libraries == "none" ? "" : " with " + place.libraries);
}

TuningPlace tuning_place(const Device& device) {
  switch (device.backend) {
    case Backend::cpu:
      return {"cpu", cpu_model(), onednn_version()};
    case Backend::cuda: {
      const Gpu gpu = cuda_survey().gpus.at(size_t(device.index));
      return {"cuda", fmt::format("{} (compute capability {}.{})", gpu.name, gpu.major, gpu.minor), cudnn_version()};
    }
    default:
      return {to_string(device.backend), "backend " + to_string(device.backend), "none"};
  }
}

std::string tuning_json(const ConvChoices& choices) {
  nlohmann::ordered_json json = {{"backend", choices.place.backend},
                                 {"processor", choices.place.processor},
                                 {"libraries", choices.place.libraries},
                                 {"convolutions", nlohmann::ordered_json::array()}};
  for (const auto& [key, choice] : choices.convolutions) {
    nlohmann::ordered_json each = {{"convolution", key}, {"algorithm", choice.algorithm}};
    if (choice.engine) {
      each["engine"] = choice.engine->index;
      each["knobs"] = choice.engine->knobs;
    }
    each["microseconds"] = choice.microseconds;
    json["convolutions"].push_back(std::move(each));
  }
  return json.dump(2) + "\n";
}

namespace {

ConvChoice parse_choice(const nlohmann::json& json) {
  ConvChoice choice{json.at("algorithm").get<std::string>(), std::nullopt, json.at("microseconds").get<double>()};
  if (json.contains("engine"))
    choice.engine = {json.at("engine").get<int64_t>(), json.at("knobs").get<std::map<int64_t, int64_t>>()};
  return choice;
}

}  // namespace

ConvChoices parse_tuning(const std::string& text, const std::string& file) {
  ConvChoices choices;
  choices.file = file;
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    json.at("backend").get_to(choices.place.backend);
    json.at("processor").get_to(choices.place.processor);
    json.at("libraries").get_to(choices.place.libraries);
    for (const nlohmann::json& each : json.at("convolutions")) {
      const auto key = each.at("convolution").get<std::string>();
      check(choices.convolutions.emplace(key, parse_choice(each)).second, "{}: has '{}' twice", file, key);
    }
  } catch (const nlohmann::json::exception& error) {
    fail("{}: is not a tuning file as `tuna tune` writes it: {}", file, reason_of(error));
  }
  return choices;
}

ConvChoices read_tuning(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  check(bool(file) && !std::filesystem::is_directory(path), "{}: cannot be read, expected a tuning file of `tuna tune`",
        path.string());
  return parse_tuning({std::istreambuf_iterator<char>(file), {}}, path.string());
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
