#include "training/compare/same_settings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tuna {
namespace {

bool has_key_of(const std::string& setting, const nlohmann::json& spec) {
  std::string key = "/" + setting.substr(0, setting.find('='));
  std::replace(key.begin(), key.end(), '.', '/');
  return key.find('~') == key.npos && spec.contains(nlohmann::json::json_pointer(key));
}

}  // namespace

std::vector<Spec> parse_specs(const std::vector<SpecText>& texts, const std::vector<std::string>& settings) {
  std::vector<nlohmann::json> keys;  // of each text; a spec may be valid with the settings only
  for (const SpecText& text : texts) keys.push_back(nlohmann::json::parse(to_json(default_spec(text, settings))));
  std::vector<std::vector<std::string>> settings_of(texts.size());
  for (const std::string& setting : settings) {
    const auto has_key = [&](const nlohmann::json& each) { return has_key_of(setting, each); };
    const bool is_for_all = std::none_of(keys.begin(), keys.end(), has_key);
    for (size_t i = 0; i < texts.size(); ++i)
      if (is_for_all || has_key(keys[i])) settings_of[i].push_back(setting);
  }
  std::vector<Spec> specs;
  for (size_t i = 0; i < texts.size(); ++i)
    specs.push_back(parse_spec(texts[i].text, texts[i].name, texts[i].folder, settings_of[i]));
  return specs;
}

}  // namespace tuna
