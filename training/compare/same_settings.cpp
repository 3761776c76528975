#include "training/compare/same_settings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tuna {
namespace {

bool has_key_of(const std::string& setting, const Spec& spec) {
  std::string key = "/" + setting.substr(0, setting.find('='));
  std::replace(key.begin(), key.end(), '.', '/');
  return key.find('~') == key.npos && nlohmann::json::parse(to_json(spec)).contains(nlohmann::json::json_pointer(key));
}

}  // namespace

std::vector<Spec> parse_specs(const std::vector<SpecText>& texts, const std::vector<std::string>& settings) {
  std::vector<Spec> specs;
  for (const SpecText& text : texts) specs.push_back(parse_spec(text.text, text.name, text.folder));
  if (settings.empty()) return specs;
  std::vector<std::vector<std::string>> settings_of(specs.size());
  for (const std::string& setting : settings) {
    const auto has_key = [&](const Spec& spec) { return has_key_of(setting, spec); };
    const bool is_for_all = std::none_of(specs.begin(), specs.end(), has_key);
    for (size_t i = 0; i < specs.size(); ++i)
      if (is_for_all || has_key(specs[i])) settings_of[i].push_back(setting);
  }
  for (size_t i = 0; i < specs.size(); ++i)
    specs[i] = parse_spec(texts[i].text, texts[i].name, texts[i].folder, settings_of[i]);
  return specs;
}

}  // namespace tuna
