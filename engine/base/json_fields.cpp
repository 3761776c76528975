#include "engine/base/json_fields.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <regex>

#include "engine/base/nearest_key.h"
#include "engine/base/normal_path.h"
#include "engine/base/strict_json.h"

namespace tuna::json_fields {
namespace {

std::string listed(const Json& values) {
  std::vector<std::string> words;
  for (const Json& value : values) words.push_back(value.dump());
  return fmt::format("{}", fmt::join(words, ", "));
}

bool has_type(const Json& value, const std::string& type) {
  if (type == "boolean") return value.is_boolean();
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  if (type == "number") return value.is_number();
  // An integer: in JSON Schema, 2.0 is one, too.
  return value.is_number() && std::trunc(value.get<double>()) == value.get<double>();
}

std::string type_in_words(const std::string& type) {
  if (type == "boolean") return "true or false";
  if (type == "string") return "a string";
  if (type == "array") return "a list [...]";
  if (type == "object") return "an object {...}";
  if (type == "number") return "a number";
  return "a whole number";
}

void check_range(const Json& value, const Json& schema, const std::string& path) {
  const bool without_low = schema.contains("exclusiveMinimum"), without_high = schema.contains("exclusiveMaximum");
  const double low = schema[without_low ? "exclusiveMinimum" : "minimum"];
  const double high = schema[without_high ? "exclusiveMaximum" : "maximum"];
  const double number = value.get<double>();
  check(number == 0 || std::abs(number) >= std::numeric_limits<double>::min(), "{}: {} is too close to 0", path,
        in_message(value));
  check((without_low ? number > low : number >= low) && (without_high ? number < high : number <= high),
        "{}: {} is not in {}{}, {}{}", path, in_message(value), without_low ? '(' : '[', low, high,
        without_high ? ')' : ']');
}

void check_list(const Json& list, const Json& schema, const std::string& path) {
  if (schema.contains("minItems"))
    check(list.size() == schema["minItems"], "{}: {} has {} items, not {}", path, in_message(list), list.size(),
          schema["minItems"].get<size_t>());
  for (size_t i = 0; i < list.size(); ++i) {
    check_value(list[i], schema["items"], fmt::format("{}[{}]", path, i));
    if (schema.contains("uniqueItems"))
      check(std::find(list.begin(), list.end(), list[i]) == list.begin() + std::ptrdiff_t(i), "{}: {} is given twice",
            path, in_message(list[i]));
  }
}

// Alternatives are of different types.
void check_any_of(const Json& value, const Json& schemas, const std::string& path) {
  std::vector<std::string> expected;
  for (const Json& schema : schemas) {
    if (has_type(value, schema["type"])) return check_value(value, schema, path);
    expected.push_back(schema.contains("enum") ? "one of " + listed(schema["enum"]) : type_in_words(schema["type"]));
  }
  fail("{}: {} is not {}", path, in_message(value), fmt::join(expected, " or "));
}

}  // namespace

Json number_schema(const char* type, const Range& range) {
  Json schema = {{"type", type}};
  const auto add = [&](const char* keyword, double end) {
    schema[keyword] = end;
    if (std::trunc(end) == end) schema[keyword] = int64_t(end);
  };
  add(range.without_low ? "exclusiveMinimum" : "minimum", range.low);
  add(range.without_high ? "exclusiveMaximum" : "maximum", range.high);
  return schema;
}

void check_value(const Json& value, const Json& schema, const std::string& path) {
  if (schema.contains("anyOf")) return check_any_of(value, schema["anyOf"], path);
  const std::string type = schema["type"];
  check(has_type(value, type), "{}: {} is not {}", path, in_message(value), type_in_words(type));
  if (schema.contains("enum"))
    check(std::find(schema["enum"].begin(), schema["enum"].end(), value) != schema["enum"].end(),
          "{}: {} is not one of {}", path, in_message(value), listed(schema["enum"]));
  else if (schema.contains("pattern"))
    check(std::regex_search(value.get<std::string>(), std::regex(schema["pattern"].get<std::string>())),
          "{}: {} does not match any of {}", path, in_message(value), listed(schema["examples"]));
  else if (type == "number" || type == "integer")
    check_range(value, schema, path);
  if (type == "array") check_list(value, schema, path);
  if (type == "object")
    for (const auto& [key, item] : value.items())
      check_value(item, schema["additionalProperties"], path + "." + key_in_message(key));
}

void from_json(const Json& json, std::filesystem::path& path, const Folder& folder) {
  path = unescape_bytes(json.get<std::string>());
  if (!folder.empty() && !path.empty()) path = normal_path(std::filesystem::absolute(folder / path));
}

void from_json(const Json& json, std::map<std::string, std::filesystem::path>& paths, const Folder& folder) {
  for (const auto& [key, path] : json.items()) from_json(path, paths[key], folder);
}

// Text that is not JSON of the type stays as it is, for the message.
Json JsonReader::from_text(const Json& json, const Json& schema, const std::string& path) {
  const std::string type = schema.contains("anyOf") ? "array" : schema["type"].get<std::string>();
  if (!json.is_string() || type == "string") return json;
  const std::string& text = json.get_ref<const std::string&>();
  const size_t first = text.find_first_not_of(" \t\r\n");
  const bool in_brackets = first != std::string::npos && (text[first] == '[' || text[first] == '{');
  if (type == "array" || type == "object") return in_brackets ? parse_json(text, path) : json;
  const Json parsed = in_brackets ? json : Json::parse(text, nullptr, false);
  return parsed.is_discarded() ? json : parsed;
}

void JsonReader::check_is_object() const {
  if (section_.is_object()) return;
  if (path_.empty()) fail("{} is not an object {{...}}", in_message(section_));
  fail("{}: {} is not an object {{...}}", path_, in_message(section_));
}

void JsonReader::check_keys() const {
  for (const auto& [key, value] : section_.items()) {
    if (std::find(keys_.begin(), keys_.end(), key) != keys_.end()) continue;
    const std::vector<std::string> nearest = nearest_keys(path_, key, *tree_);
    const bool of_this_section = std::any_of(keys_.begin(), keys_.end(),
                                             [&](const std::string& known) { return join(known) == nearest.front(); });
    const std::string there_are = of_this_section ? fmt::format(" (there are {})", fmt::join(keys_, ", ")) : "";
    fail("{}: no such key; the nearest {} {}{}", join(key_in_message(key)), nearest.size() == 1 ? "is" : "are",
         fmt::join(nearest, ", "), there_are);
  }
}

}  // namespace tuna::json_fields
