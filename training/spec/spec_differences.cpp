#include "training/spec/spec_differences.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/base/strict_json.h"

namespace tuna {

std::vector<Difference> differences(const Spec& before, const Spec& now) {
  const auto flat = [](const Spec& spec) { return nlohmann::ordered_json::parse(to_json(spec)).flatten(); };
  const nlohmann::ordered_json a = flat(before), b = flat(now);
  std::set<std::string> keys;
  for (const auto& both : {a, b})
    for (const auto& [key, value] : both.items()) keys.insert(key);
  std::vector<Difference> found;
  for (const std::string& key : keys) {
    const auto value_of = [&](const nlohmann::ordered_json& spec) {
      return spec.contains(key) ? in_message(spec.at(key)) : std::string("nothing");
    };
    if (a.contains(key) && b.contains(key) && a.at(key) == b.at(key)) continue;
    std::string name = key.substr(1);
    std::replace(name.begin(), name.end(), '/', '.');
    found.push_back({name, value_of(a), value_of(b)});
  }
  return found;
}

}  // namespace tuna
