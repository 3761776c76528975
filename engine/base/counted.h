// Counts with their noun, for messages: "1 image", "2 images".
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

namespace tuna {

/// Becomes text only where it is formatted, so a check() that holds costs nothing.
struct Counted {
  int64_t count;
  std::string_view one, many;  // literals; without `many` the plural is `one` with an s
};

template <class Integer>
constexpr Counted counted(Integer count, std::string_view one, std::string_view many = {}) {
  return {int64_t(count), one, many};
}

/// The word alone, such as a verb: either(n, "has", "have").
template <class Integer>
constexpr std::string_view either(Integer count, std::string_view one, std::string_view many) {
  return count == 1 ? one : many;
}

}  // namespace tuna

template <>
struct fmt::formatter<tuna::Counted> {
  constexpr auto parse(format_parse_context& context) { return context.begin(); }
  auto format(const tuna::Counted& counted, format_context& context) const {
    if (counted.count == 1) return fmt::format_to(context.out(), "1 {}", counted.one);
    if (!counted.many.empty()) return fmt::format_to(context.out(), "{} {}", counted.count, counted.many);
    return fmt::format_to(context.out(), "{} {}s", counted.count, counted.one);
  }
};
