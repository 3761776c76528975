// Bytes that are not UTF-8, such as those of a file name in Latin-1, in texts that must be UTF-8, such as JSON.
#pragma once

#include <string>
#include <string_view>

namespace tuna {

/// Whether the text is UTF-8: no byte out of place, no surrogate, no longer form than needed.
bool is_utf8(std::string_view text);

/// As UTF-8: a byte that is not becomes \xE9, and a backslash becomes two, so that unescape_bytes() gives back any
/// text.
std::string escape_bytes(std::string_view text);

/// Takes \xE9 for a byte and two backslashes for one; any other backslash stays.
std::string unescape_bytes(std::string_view text);

/// The text, or if it is longer than `most` bytes its beginning and "...", without part of a character at its end.
std::string shortened(std::string text, size_t most);

/// A text from a file or a name, as one line for a terminal: control characters, line breaks among them, become \x1B,
/// and of more than `most` bytes the beginning is left.
std::string one_line(std::string_view text, size_t most = 2000);

}  // namespace tuna
