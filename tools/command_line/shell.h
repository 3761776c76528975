// Text as a word of a shell's command line.
#pragma once

#include <algorithm>
#include <cctype>
#include <string>

namespace tuna {

/// In single quotes, unless it needs none.
inline std::string in_shell(const std::string& text) {
  const auto is_plain = [](unsigned char letter) {
    return std::isalnum(letter) || letter == '/' || letter == '.' || letter == '_' || letter == '-';
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
  std::string quoted = "'";
  for (const char letter : text) quoted += letter == '\'' ? "'\\''" : std::string(1, letter);
  return quoted + "'";
}

}  // namespace tuna
