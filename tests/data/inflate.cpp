#include "data/inflate.h"

#include "tests/catch.h"
#include "tests/data/image_bytes.h"

namespace tuna {
namespace {

void check_refused(const std::string& stream, size_t size, const std::string& message) {
  INFO(message);
  CHECK_THROWS_WITH(inflate(stream, size), Contains(message));
}

}  // namespace

// The streams are those of zlib 1.3 at level 9 for the text.
TEST_CASE("inflate gives what was compressed", "[image][inflate]") {
  CHECK(inflate(bytes_of({0x78, 0xDA, 0x03, 0, 0, 0, 0, 1}), 0).empty());
  CHECK(inflate(stored("as it is"), 8) == "as it is");
  const std::string fixed =
      bytes_of({0x78, 0xDA, 0x4B, 0x4C, 0x4A, 0x4E, 0xA4, 0x35, 0x02, 0x00, 0x8D, 0xBE, 0x26, 0x48});
  std::string letters;
  for (int i = 0; i < 100; ++i) letters += char('a' + i % 3);
  CHECK(inflate(fixed, 100) == letters);

  const std::string coded = bytes_of(
      {0x78, 0xDA, 0xED, 0xCD, 0x41, 0x15, 0x00, 0x41, 0x08, 0x02, 0x50, 0x9B, 0xD0, 0x84, 0x26, 0x36, 0xA1, 0x09,
       0x4D, 0x26, 0xDD, 0xE8, 0xBC, 0x6D, 0xB0, 0x57, 0x8E, 0x22, 0xFA, 0x0B, 0x22, 0x85, 0x82, 0xBA, 0x4D, 0xF6,
       0x91, 0xCB, 0x32, 0x0B, 0x0D, 0x70, 0x26, 0xD8, 0xA5, 0xCD, 0x75, 0x08, 0x7A, 0x5B, 0x9B, 0xEB, 0x34, 0x55,
       0x9E, 0xF5, 0xE6, 0x53, 0x2E, 0xFA, 0x9D, 0x4E, 0xBE, 0xAD, 0xF7, 0xF2, 0xFB, 0x1C, 0x20, 0x40, 0x80, 0x00,
       0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x7F, 0xC0, 0x05, 0x73, 0x96, 0x37, 0xAB});
  std::string squares;
  for (int i = 0; i < 3000; ++i) squares += char(i * i % 97 % 7 * 31);
  CHECK(inflate(coded, 3000) == squares);
}

TEST_CASE("inflate refuses what is not a stream of the size", "[image][inflate]") {
  const std::string sound = stored("as it is");
  check_refused(sound, 7, "hold more than the expected 7 bytes");
  check_refused(sound, 9, "hold 8 bytes, expected 9");
  check_refused(sound, 100'000'000, "19 bytes of compressed data cannot hold the expected 100000000");
  for (size_t length = 0; length < sound.size(); ++length) check_refused(sound.substr(0, length), 8, "truncated");
  check_refused(replaced(sound, "as it", "at is"), 8, "damaged (incorrect data check)");
  check_refused("\x1F\x8B\x08" + sound, 8, "damaged (incorrect header check)");
  check_refused(replaced(sound, "\x08\x00\xF7", std::string_view("\x08\x00\xF6", 3)), 8,
                "damaged (invalid stored block");
  check_refused(bytes_of({0x78, 0x01, 0x07}), 8, "damaged (invalid block type)");
  check_refused(bytes_of({0x78, 0x20, 0, 0, 0, 1}), 8, "damaged (they need a dictionary)");
}

}  // namespace tuna
