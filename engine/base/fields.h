// Constraints that a field list puts on the values of a key, as in JSON Schema; json_fields.h applies them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tuna {

/// Numbers in an interval; without_low and without_high exclude its ends.
struct Range {
  double low, high;
  bool without_low = false, without_high = false;
};

inline Range closed(double low, double high) { return {low, high}; }              ///< [low, high]
inline Range above(double low, double high) { return {low, high, true}; }         ///< (low, high]
inline Range below(double low, double high) { return {low, high, false, true}; }  ///< [low, high)

/// The only values that a number, a word, or each word of a list may have.
template <class Value>
struct OneOf {
  std::vector<Value> values;
};

/// A word that matches a regular expression (ECMAScript), and examples of such words.
struct Pattern {
  std::string regex;
  std::vector<std::string> examples;
};

/// A value that is one of some words, or a list of numbers.
struct WordOrNumbers {
  std::string word;  // if the list is empty
  std::vector<double> numbers = {};

  bool operator==(const WordOrNumbers&) const = default;
};

/// The words for the values of an enumeration.
template <class Enum>
struct Choices {
  std::vector<std::pair<std::string, Enum>> values;
};

}  // namespace tuna
