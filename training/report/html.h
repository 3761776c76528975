// Text and numbers as a page shows them.  Pages are well-formed XML as well, so that any parser reads them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tuna {

/// Text for element content and for attributes in double quotes.  Control characters, which HTML does not allow, become
/// U+FFFD; bytes that are not UTF-8 become \xE9.
std::string escape_html(std::string_view text);

/// The text as an id: letters and digits of ASCII, - and ., and _20 for each other byte, so that ids of different texts
/// differ.
std::string html_id(std::string_view text);

/// A relative path as a link: %23 for each byte that has a meaning of its own in a URL or is not ASCII.
std::string url_of_path(std::string_view path);

/// "0.930", with a minus sign in place of a hyphen; a dash for a value that is not finite.
std::string decimals(double value, int places);

/// decimals(), followed by figure spaces up to `of` decimals, so that right-aligned numbers align at the point.
std::string decimals_of(double value, int places, int of);

/// "12 345", with narrow no-break spaces.
std::string grouped(int64_t value);

/// "×10⁻⁴"; empty for 0.
std::string times_power_of_ten(int exponent);

}  // namespace tuna
