#include "kernels/conv/tuning_file.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "engine/base/reason.h"
#include "engine/base/strict_json.h"

namespace tuna {

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

/// Knobs are pairs of numbers: keys of a JSON object would be text.
std::map<int64_t, int64_t> parse_knobs(const nlohmann::json& json, const std::string& where) {
  std::map<int64_t, int64_t> knobs;
  for (const auto& [knob, value] : json.get<std::vector<std::pair<nlohmann::json, nlohmann::json>>>())
    knobs[integer_in(knob, 0, where + "a knob")] = integer_in(value, INT32_MIN, where + "the value of a knob");
  return knobs;
}

ConvChoice parse_choice(const nlohmann::json& json, const std::string& where) {
  ConvChoice choice{json.at("algorithm").get<std::string>(), std::nullopt, json.at("microseconds").get<double>()};
  if (json.contains("engine"))
    choice.engine = {integer_in(json.at("engine"), 0, where + "engine"), parse_knobs(json.at("knobs"), where)};
  return choice;
}

}  // namespace

ConvChoices parse_tuning(const std::string& text, const std::string& file) {
  ConvChoices choices;
  choices.file = file;
  try {
    const nlohmann::json json = parse_json(text, file);
    json.at("backend").get_to(choices.place.backend);
    json.at("processor").get_to(choices.place.processor);
    json.at("libraries").get_to(choices.place.libraries);
    for (const nlohmann::json& each : json.at("convolutions")) {
      const auto key = each.at("convolution").get<std::string>();
      ConvChoice choice = parse_choice(each, fmt::format("{}: '{}': ", file, key));
      check(choices.convolutions.emplace(key, std::move(choice)).second, "{}: has '{}' twice", file, key);
    }
  } catch (const nlohmann::json::exception& error) {
    fail("{}: is not a tuning file as `tuna tune` writes it: {}", file, reason_of(error));
  }
  return choices;
}

}  // namespace tuna
