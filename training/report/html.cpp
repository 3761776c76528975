#include "training/report/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "engine/base/utf8.h"

namespace tuna {

std::string escape_html(std::string_view text) {
  if (!is_utf8(text)) return escape_html(escape_bytes(text));
  std::string escaped;
  for (const char letter : text) switch (letter) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default: {
        const bool is_control = (uint8_t(letter) < ' ' && letter != '\n' && letter != '\t') || letter == 127;
        escaped += is_control ? "\uFFFD" : std::string(1, letter);
      }
    }
  return escaped;
}

namespace {

// Letters and digits of ASCII and the `kept` bytes as they are, and each other byte as `mark` with its two digits.
std::string with_codes(std::string_view text, std::string_view kept, char mark) {
  std::string coded;
  for (const unsigned char byte : text)
    if (byte < 128 && (std::isalnum(byte) || kept.find(char(byte)) != kept.npos))
      coded += char(byte);
    else
      coded += fmt::format("{}{:02x}", mark, byte);
  return coded;
}

}  // namespace

std::string html_id(std::string_view text) { return with_codes(text, "-.", '_'); }

std::string url_of_path(std::string_view path) { return with_codes(path, "-._~/", '%'); }

std::string decimals(double value, int places) {
  if (!std::isfinite(value)) return "–";
  const std::string text = fmt::format("{:.{}f}", std::abs(value), places);
  const bool is_zero = text.find_first_not_of("0.") == text.npos;
  return (value < 0 && !is_zero ? "−" : "") + text;
}

std::string decimals_of(double value, int places, int of) {
  std::string text = decimals(value, places);
  for (int i = places; i < of; ++i) text += "\u2007";
  return text;
}

std::string grouped(int64_t value) {
  const std::string digits = fmt::format("{}", value < 0 ? -value : value);
  std::string text = value < 0 ? "−" : "";
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += "\u202F";
    text += digits[i];
  }
  return text;
}

std::string times_power_of_ten(int exponent) {
  if (exponent == 0) return "";
  static constexpr const char* kSuperscripts[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "×10⁻" : "×10";
  for (const char digit : fmt::format("{}", std::abs(exponent))) text += kSuperscripts[digit - '0'];
  return text;
}

}  // namespace tuna
