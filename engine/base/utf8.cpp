#include "engine/base/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace tuna {
namespace {

/// The lead bytes of a sequence and what its second byte may be; all others are 80 to BF (RFC 3629).
struct Sequence {
  uint8_t first_lead, last_lead, first_second, last_second;
  size_t length;
};
constexpr std::array<Sequence, 9> kSequences = {{
    {0x00, 0x7F, 0x00, 0x00, 1},
    {0xC2, 0xDF, 0x80, 0xBF, 2},
    {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3},
    {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4},
    {0xF4, 0xF4, 0x80, 0x8F, 4},
}};

bool is_in(char byte, uint8_t first, uint8_t last) { return uint8_t(byte) >= first && uint8_t(byte) <= last; }

/// Bytes of the character that the text begins with; 0 if it does not begin with one.
size_t length_of_character(std::string_view text) {
  for (const Sequence& sequence : kSequences) {
    if (!is_in(text[0], sequence.first_lead, sequence.last_lead)) continue;
    if (text.size() < sequence.length) return 0;
    if (sequence.length > 1 && !is_in(text[1], sequence.first_second, sequence.last_second)) return 0;
    for (size_t i = 2; i < sequence.length; ++i)
      if (!is_in(text[i], 0x80, 0xBF)) return 0;
    return sequence.length;
  }
  return 0;
}

/// Whether a terminal may obey a character, or a byte that is not part of one: of ASCII, or 80 to 9F in Latin-1.
bool is_control(std::string_view character) {
  const bool is_in_latin_1 = character.size() == 1 || (character.size() == 2 && is_in(character[0], 0xC2, 0xC2));
  return is_in_latin_1 && (is_in(character.back(), 0x00, 0x1F) || is_in(character.back(), 0x7F, 0x9F));
}

/// The value of a hexadecimal digit, or -1.
int digit(char letter) {
  if (is_in(letter, '0', '9')) return letter - '0';
  if (is_in(letter, 'A', 'F')) return letter - 'A' + 10;
  return is_in(letter, 'a', 'f') ? letter - 'a' + 10 : -1;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = length_of_character(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string escape_bytes(std::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    const size_t length = length_of_character(text);
    if (length == 0)
      escaped += fmt::format("\\x{:02X}", uint8_t(text[0]));
    else if (text[0] == '\\')
      escaped += "\\\\";
    else
      escaped += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return escaped;
}

std::string unescape_bytes(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    if (rest.size() >= 4 && rest.substr(0, 2) == "\\x" && digit(rest[2]) >= 0 && digit(rest[3]) >= 0) {
      bytes += char(digit(rest[2]) * 16 + digit(rest[3]));
      i += 3;
    } else {
      bytes += rest[0];
      if (rest.substr(0, 2) == "\\\\") ++i;
    }
  }
  return bytes;
}

std::string shortened(std::string text, size_t most) {
  if (text.size() <= most) return text;
  size_t end = most - 3;
  while (end > 0 && is_in(text[end], 0x80, 0xBF)) --end;
  text.resize(end);
  return text + "...";
}

std::string one_line(std::string_view text, size_t most) {
  std::string line;
  while (!text.empty() && line.size() <= most) {
    const std::string_view character = text.substr(0, std::max(length_of_character(text), size_t(1)));
    if (is_control(character))
      for (const char byte : character) line += fmt::format("\\x{:02X}", uint8_t(byte));
    else
      line += character;
    text.remove_prefix(character.size());
  }
  return shortened(std::move(line), most);
}

}  // namespace tuna
