// Field lists in JSON.  A section is a struct with
//
//   template <class Fields> void fields(Fields& field) { field("key", member, "What it is.", what is allowed...); ... }
//
// and three visitors walk it: JsonReader, JsonWriter and JsonSchema.  The allowed values of a key are defined once, as
// the schema of its value; the reader validates against that same schema, so the two cannot differ.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/fields.h"
#include "engine/base/utf8.h"

namespace tuna::json_fields {

using Json = nlohmann::ordered_json;

// The schema of one value, by its type in C++ and what the field list allows.

Json number_schema(const char* type, const Range& range);

inline Json describe(bool) { return {{"type", "boolean"}}; }
inline Json describe(int64_t, const Range& range) { return number_schema("integer", range); }
inline Json describe(int64_t, const OneOf<int64_t>& allowed) { return {{"type", "integer"}, {"enum", allowed.values}}; }
inline Json describe(double, const Range& range) { return number_schema("number", range); }
inline Json describe(const std::string&) { return {{"type", "string"}}; }
inline Json describe(const std::string&, const OneOf<std::string>& allowed) {
  return {{"type", "string"}, {"enum", allowed.values}};
}
inline Json describe(const std::string&, const Pattern& allowed) {
  return {{"type", "string"}, {"pattern", allowed.regex}, {"examples", allowed.examples}};
}
inline Json describe(const std::filesystem::path&) { return {{"type", "string"}}; }
inline Json describe(const std::map<std::string, std::filesystem::path>&) {
  return {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}};
}
template <class Item, class... Allowed>
Json describe(const std::vector<Item>&, const Allowed&... allowed) {
  Json list = {{"type", "array"}, {"items", describe(Item(), allowed...)}};
  if (list["items"]["type"] == "string") list["uniqueItems"] = true;  // strings are names, each listed once
  return list;
}
template <size_t Count>
Json describe(const std::array<double, Count>&, const Range& range) {
  return {{"type", "array"}, {"items", describe(0.0, range)}, {"minItems", Count}, {"maxItems", Count}};
}
template <class Enum>
Json describe(Enum, const Choices<Enum>& choices) {
  Json words = Json::array();
  for (const auto& choice : choices.values) words.push_back(choice.first);
  return {{"type", "string"}, {"enum", words}};
}

inline Json describe(const WordOrNumbers&, const OneOf<std::string>& words, const Range& range) {
  return {{"anyOf", {describe(std::string(), words), describe(std::vector<double>(), range)}}};
}

/// Throws Error naming `path`, what was found and what is allowed, unless `value` is valid under `schema`.
void check_value(const Json& value, const Json& schema, const std::string& path);

// Conversion of a value to JSON and, after check_value(), back.

template <class Value, class... Allowed>
Json to_json(const Value& value, const Allowed&...) {
  return value;
}
inline Json to_json(const std::filesystem::path& path) { return escape_bytes(path.string()); }
inline Json to_json(const std::map<std::string, std::filesystem::path>& paths) {
  Json json = Json::object();
  for (const auto& [key, path] : paths) json[key] = to_json(path);
  return json;
}
template <class... Allowed>
Json to_json(const WordOrNumbers& value, const Allowed&...) {
  return value.numbers.empty() ? Json(value.word) : Json(value.numbers);
}
template <class Enum>
Json to_json(const Enum& value, const Choices<Enum>& choices) {
  for (const auto& [word, choice] : choices.values)
    if (choice == value) return word;
  fail("an enumeration has a value that its field list does not name");
}

/// The base of relative paths; if it is empty, they stay as they are.
using Folder = std::filesystem::path;

template <class Value, class... Allowed>
void from_json(const Json& json, Value& value, const Folder&, const Allowed&...) {
  json.get_to(value);
}
void from_json(const Json& json, std::filesystem::path& path, const Folder& folder);
void from_json(const Json& json, std::map<std::string, std::filesystem::path>& paths, const Folder& folder);
template <class... Allowed>
void from_json(const Json& json, WordOrNumbers& value, const Folder&, const Allowed&...) {
  value =
      json.is_string() ? WordOrNumbers{json.get<std::string>()} : WordOrNumbers{"", json.get<std::vector<double>>()};
}
template <class Enum>
void from_json(const Json& json, Enum& value, const Folder&, const Choices<Enum>& choices) {
  for (const auto& [word, choice] : choices.values)
    if (json == word) value = choice;
}

template <class Value, class Visitor>
concept Section = requires(Value& value, Visitor& visitor) {
  value.fields(visitor);
};

/// The paths of all keys and sections, "train" and "train.epochs".
class KeyPaths {
 public:
  std::vector<std::string> paths;

  template <class Value, class... Allowed>
  void operator()(const char* key, Value& value, const char*, const Allowed&...) {
    const std::string path = section_ + key;
    paths.push_back(path);
    if constexpr (Section<Value, KeyPaths>) {
      std::string section = path + ".";
      std::swap(section, section_);
      value.fields(*this);
      std::swap(section, section_);
    }
  }

 private:
  std::string section_;
};

/// Reads one section: keys that are present replace the values; the other values stay.
class JsonReader {
 public:
  enum class Values {
    json,  ///< already typed
    text   ///< strings from a command line: JSON, or as they are
  };

  JsonReader(const Json& all, Folder folder, Values values)
      : section_(all), folder_(std::move(folder)), values_(values) {}

  template <class Value, class... Allowed>
  void operator()(const char* key, Value& value, const char*, const Allowed&... allowed) {
    keys_.push_back(key);
    const auto found = section_.find(key);
    if (found == section_.end()) return;
    if constexpr (Section<Value, JsonReader>) {
      const bool is_text = values_ == Values::text && found->is_string();
      const Json json = is_text ? from_text(*found, {{"type", "object"}}, join(key)) : *found;
      JsonReader section(json, join(key), *this);
      if (is_text) section.values_ = Values::json;
      section.read_section(value);
    } else {
      const Json schema = describe(value, allowed...);
      const Json json = values_ == Values::text ? from_text(*found, schema, join(key)) : *found;
      check_value(json, schema, join(key));
      from_json(json, value, folder_, allowed...);
    }
  }

  /// Reads all keys.  Throws Error for an unknown key, naming the nearest known ones of any section.
  template <class Value>
  void read(Value& value) {
    KeyPaths tree;
    value.fields(tree);
    tree_ = &tree.paths;
    read_section(value);
  }

 private:
  /// `path` leads to the section: "train", "objective.cycle".
  JsonReader(const Json& section, std::string path, const JsonReader& outer)
      : section_(section), path_(std::move(path)), folder_(outer.folder_), values_(outer.values_), tree_(outer.tree_) {}

  template <class Value>
  void read_section(Value& value) {
    check_is_object();
    value.fields(*this);
    check_keys();
  }

  std::string join(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }
  static Json from_text(const Json& json, const Json& schema, const std::string& path);
  void check_is_object() const;
  void check_keys() const;

  const Json& section_;
  std::string path_;
  Folder folder_;
  Values values_;
  std::vector<std::string> keys_;                   // of this section
  const std::vector<std::string>* tree_ = nullptr;  // the paths of all
};

/// Writes one section.
class JsonWriter {
 public:
  Json json = Json::object();

  template <class Value, class... Allowed>
  void operator()(const char* key, Value& value, const char*, const Allowed&... allowed) {
    if constexpr (Section<Value, JsonWriter>) {
      JsonWriter section;
      value.fields(section);
      json[key] = section.json;
    } else {
      json[key] = to_json(value, allowed...);
    }
  }
};

/// The schema of one section; the values it visits are the defaults.
class JsonSchema {
 public:
  Json json = {{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};

  template <class Value, class... Allowed>
  void operator()(const char* key, Value& value, const char* description, const Allowed&... allowed) {
    Json property = {{"description", description}};
    if constexpr (Section<Value, JsonSchema>) {
      JsonSchema section;
      value.fields(section);
      property.update(section.json);
    } else {
      property.update(describe(value, allowed...));
      property["default"] = to_json(value, allowed...);
    }
    json["properties"][key] = property;
  }
};

}  // namespace tuna::json_fields
