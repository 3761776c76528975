#include "engine/base/utf8.h"

#include <vector>

#include "tests/catch.h"

namespace tuna {

TEST_CASE("UTF-8 is told from other bytes", "[utf8]") {
  for (const char* text :
       {"", "plain", "caf\xC3\xA9", "\xED\x9F\xBF", "\xEF\xBF\xBF", "\xF0\x9F\xAB\x81", "\xF4\x8F\xBF\xBF"})
    CHECK(is_utf8(text));
  for (const char* text : {"caf\xE9", "\x80", "\xC0\xAF", "\xC3", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                           "\xF0\x9F\xAB", "\xFF"}) {
    CAPTURE(escape_bytes(text));
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("escaped bytes are UTF-8, and come back", "[utf8]") {
  CHECK(escape_bytes("caf\xE9.png") == "caf\\xE9.png");
  CHECK(escape_bytes("caf\xC3\xA9.png") == "caf\xC3\xA9.png");
  CHECK(escape_bytes("caf\\xE9.png") == "caf\\\\xE9.png");
  std::vector<std::string> texts = {"", "\\", "\\\\x41", "a\\b", "\xC3\xC3\xA9", "\xF0\x9F\xAB"};
  for (int byte = 0; byte < 256; ++byte) texts.push_back({'\\', 'x', char(byte), '4', '1', char(byte)});
  for (const std::string& text : texts) {
    CAPTURE(escape_bytes(text));
    CHECK(is_utf8(escape_bytes(text)));
    CHECK(unescape_bytes(escape_bytes(text)) == text);
  }
  CHECK(unescape_bytes("C:\\images \\xZ1 \\x4") == "C:\\images \\xZ1 \\x4");  // not written by escape_bytes()
}

TEST_CASE("a long text is shortened between characters", "[utf8]") {
  CHECK(shortened("caf\xC3\xA9", 5) == "caf\xC3\xA9");
  CHECK(shortened("caf\xC3\xA9 noir", 9) == "caf\xC3\xA9 ...");
  CHECK(shortened("caf\xC3\xA9 noir", 7) == "caf...");
  CHECK(shortened("\x80\x80\x80\x80\x80", 4) == "...");
}

TEST_CASE("a text for a terminal has no control characters, and is one line of limited length", "[utf8]") {
  CHECK(one_line("caf\xC3\xA9 caf\xE9 \\ \xC2\xA0.png") == "caf\xC3\xA9 caf\xE9 \\ \xC2\xA0.png");
  CHECK(one_line("a\r\n\tb\x1B[31m\x7F") == "a\\x0D\\x0A\\x09b\\x1B[31m\\x7F");
  CHECK(one_line("\xC2\x9B"
                 "2J \x9B"
                 "2J")
        == "\\xC2\\x9B2J \\x9B2J");  // CSI in UTF-8 and in Latin-1
  CHECK(one_line("\xE2\x9B\x9B") == "\xE2\x9B\x9B");
  CHECK(one_line(std::string(3'000, 'a')) == std::string(1'997, 'a') + "...");
  CHECK(one_line("abcdef", 6) == "abcdef");
  CHECK(one_line("abc\ndef", 6) == "abc...");
}

}  // namespace tuna
