#include "engine/base/strict_json.h"

#include <algorithm>
#include <set>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/reason.h"
#include "engine/base/utf8.h"

namespace tuna {
namespace {

// Arguments of nlohmann's parser.
constexpr bool kAllowExceptions = true, kIgnoreComments = true;
constexpr int kDeepest = 32;  // a spec needs five; bounds the recursion over any file's result

/// The keys of every object that is open at some point of the text.
struct OpenObjects {
  struct Object {
    std::set<std::string> keys;
    std::string last_key;
  };
  std::vector<Object> objects;

  void add_key(const std::string& key, const std::string& name) {
    objects.back().last_key = key;
    if (objects.back().keys.insert(key).second) return;
    std::vector<std::string> path;
    for (const Object& object : objects) path.push_back(key_in_message(object.last_key));
    fail("{}: {} is given twice", name, fmt::join(path, "."));
  }
};

void print(const nlohmann::ordered_json& json, const std::string& margin, std::string& text) {
  if (!json.is_structured() || json.empty()) {
    text += json.dump();
    return;
  }
  const bool plain = std::none_of(json.begin(), json.end(), [](const auto& value) { return value.is_structured(); });
  const bool one_line = json.is_array() && plain;
  const std::string inner = margin + "  ", line_break = one_line ? "" : "\n" + inner;
  text += json.is_array() ? "[" : "{";
  const char* comma = "";
  for (const auto& [key, value] : json.items()) {
    text += comma + line_break;
    comma = one_line ? ", " : ",";
    if (json.is_object()) text += nlohmann::ordered_json(key).dump() + ": ";
    print(value, inner, text);
  }
  if (!one_line) text += "\n" + margin;
  text += json.is_array() ? "]" : "}";
}

}  // namespace

nlohmann::ordered_json parse_json(std::string_view text, const std::string& name) {
  using nlohmann::ordered_json;
  OpenObjects open;
  const auto watch = [&](int depth, ordered_json::parse_event_t event, ordered_json& parsed) {
    check(depth <= kDeepest, "{}: nested more than {} deep", name, kDeepest);
    if (event == ordered_json::parse_event_t::object_start) open.objects.emplace_back();
    if (event == ordered_json::parse_event_t::key) open.add_key(parsed.get<std::string>(), name);
    if (event == ordered_json::parse_event_t::object_end) open.objects.pop_back();
    return true;
  };
  try {
    return ordered_json::parse(text, watch, kAllowExceptions, kIgnoreComments);
  } catch (const ordered_json::parse_error& error) {
    // "[json.exception...] parse error at line 1, column 2: reason"; at the end of the text, byte is one past it.
    const std::string what = error.what();
    const size_t reason = what.find(": ");
    const size_t before = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
    fail("{}:{}: {}", name, 1 + std::count(text.begin(), text.begin() + std::ptrdiff_t(before), '\n'),
         reason == std::string::npos ? what : what.substr(reason + 2, 200));
  } catch (const ordered_json::exception& error) {  // a number out of the range of double
    fail("{}: {}", name, reason_of(error).substr(0, 200));
  }
}

nlohmann::json json_or_discarded(std::string_view text) {
  using nlohmann::json;
  bool too_deep = false;
  const auto watch = [&](int depth, json::parse_event_t, json&) {
    too_deep |= depth > kDeepest;
    return !too_deep;
  };
  json parsed = json::parse(text, watch, !kAllowExceptions);
  return too_deep ? json(json::value_t::discarded) : parsed;
}

constexpr int64_t kLargestInteger = int64_t(1) << 53;  // of those that a double holds exactly

bool is_integer_from(const nlohmann::json& value, int64_t least) {
  if (value.is_number_unsigned() && value.get<uint64_t>() > uint64_t(kLargestInteger)) return false;
  return value.is_number_integer() && value.get<int64_t>() <= kLargestInteger && value.get<int64_t>() >= least;
}

int64_t integer_in(const nlohmann::json& value, int64_t least, const std::string& what) {
  check(is_integer_from(value, least), "{} is {}, expected an integer from {} to {}", what, in_message(value), least,
        kLargestInteger);
  return value.get<int64_t>();
}

std::string in_message(const nlohmann::ordered_json& value) {
  return shortened(value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace), 60);
}

std::string key_in_message(const std::string& key) {
  const std::string quoted = in_message(key);
  return key.empty() || quoted.back() != '"' ? quoted : quoted.substr(1, quoted.size() - 2);
}

std::string print_json(const nlohmann::ordered_json& json) {
  std::string text;
  print(json, "", text);
  return text + "\n";
}

}  // namespace tuna
