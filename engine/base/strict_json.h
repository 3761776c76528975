// JSON text in and out, stricter than nlohmann's: a key that is given twice is an error, nesting has a limit, and
// messages name the place.  Comments, // to the end of the line and /* */, are ignored.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace tuna {

/// Throws Error, naming NAME:line of a syntax error and the path of a duplicate key.  Keys keep their order.
nlohmann::ordered_json parse_json(std::string_view text, const std::string& name);

/// The JSON of a text, or a discarded value if that is not JSON or nested deeper than parse_json() allows.
nlohmann::json json_or_discarded(std::string_view text);

/// Whether a value is an integer from `least` on that a double holds exactly.
bool is_integer_from(const nlohmann::json& value, int64_t least);

/// That integer; throws Error with `what` and the value for another.
int64_t integer_in(const nlohmann::json& value, int64_t least, const std::string& what);

/// A value or a key as messages show it: one line of at most 60 bytes, whatever the file holds.
std::string in_message(const nlohmann::ordered_json& value);
std::string key_in_message(const std::string& key);

/// Indented by two; lists of plain values stay on one line.  Ends with a line break.
std::string print_json(const nlohmann::ordered_json& json);

}  // namespace tuna
