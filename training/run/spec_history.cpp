#include "training/run/spec_history.h"

#include <nlohmann/json.hpp>

#include "data/file.h"
#include "engine/base/strict_json.h"

namespace tuna {

using nlohmann::ordered_json;

SpecHistory history_in(const std::filesystem::path& spec) {
  constexpr uintmax_t kLargestFile = 1 << 20;
  const ordered_json json = parse_json(read_file(spec, kLargestFile), spec.string());
  SpecHistory history;
  if (!json.contains("history")) return history;
  try {
    for (const ordered_json& each : json.at("history"))
      history.push_back({each.at("phase").get<std::string>(), each.at("step").get<int64_t>(),
                         each.at("changed").get<std::vector<std::string>>()});
  } catch (const ordered_json::exception&) {
    fail("{}: history: expected a list of {{\"phase\": ..., \"step\": ..., \"changed\": [...]}}, as tuna writes it",
         spec.string());
  }
  return history;
}

std::string with_history(const Spec& spec, const SpecHistory& history) {
  ordered_json json = ordered_json::parse(to_json(spec));
  for (const SettingsChange& each : history)
    json["history"].push_back({{"phase", each.phase}, {"step", each.step}, {"changed", each.changed}});
  return print_json(json);
}

}  // namespace tuna
