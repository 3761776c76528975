// JSON to be edited by hand: each key under a comment that explains it.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace tuna {

/// Indented by two, as print_json.  The comment of a key is its description in the JSON Schema and then its note, by
/// path ("data.size"); the note of "" stands at the top.
std::string print_commented_json(const nlohmann::ordered_json& json, const nlohmann::ordered_json& schema,
                                 const std::map<std::string, std::string>& notes);

}  // namespace tuna
