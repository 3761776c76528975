// The sections that a method adds to a starter spec, the first spec for a user's images.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "training/methods/method.h"

namespace tuna {

struct StarterSections {
  nlohmann::ordered_json& json;               // the spec so far, without the sections of the method
  std::map<std::string, std::string>& notes;  // added to the comment of a key, by path ("train")
  std::vector<std::string>& warnings;         // for the terminal
  Device device;
  double minutes;  // for training

  std::function<Spec(const nlohmann::ordered_json&)> parse;
  std::function<double(const Phase&)> step_seconds;  // measured on the device
};

}  // namespace tuna
