#include "data/png_gate.h"

#include <algorithm>
#include <cmath>

#include "data/file.h"
#include "data/image_file.h"
#include "engine/base/check.h"
#include "tests/catch.h"
#include "tests/data/folder.h"
#include "tests/data/image_bytes.h"

namespace tuna {
namespace {

const std::string kData = chunk("IDAT", stored(bytes_of({0, 10, 20, 30, 0, 40, 50, 60})));  // of 3 x 2 gray pixels

void check_refused(const std::string& bytes, const std::string& message) {
  INFO(message);
  CHECK_THROWS_WITH(check_png(bytes, "a.png"), Contains("a.png: ") && Contains(message));
}

/// A file with the pixels of `rows`: for each row a filter and bytes.
std::string indexed_png(int depth, int colors, uint32_t width, uint32_t height, const std::vector<int>& rows,
                        int interlaced = 0) {
  return png(header_chunk(width, height, depth, 3, interlaced) + chunk("PLTE", std::string(size_t(3 * colors), 'c'))
             + chunk("IDAT", stored(bytes_of(rows))));
}

}  // namespace

TEST_CASE("a sound PNG passes, and what is in it is found", "[image][png]") {
  const PngFacts facts = check_png(small_png(chunk("gAMA", "1234")) + "whatever follows", "a.png");
  CHECK((facts.width == 3 && facts.height == 2 && facts.depth == 8));
  CHECK(facts.orientation == Orientation::top_left);
  CHECK(check_png(small_png(chunk("eXIf", exif(6))), "a.png").orientation == Orientation::right_top);
  CHECK(check_png(read_file(test_file("gray16.png"), 1000), "a.png").depth == 16);
  for (const char* name : {"rgb8.png", "rgba8.png", "indexed.png"})
    CHECK_NOTHROW(check_png(read_file(test_file(name), 1000), name));
}

TEST_CASE("a PNG with a wrong checksum is refused", "[image][png]") {
  const std::string sound = small_png();
  check_refused(replaced(sound, "\x28\x32\x3C", "\x28\x33\x3C"), "chunk IDAT at byte 33: its data have the checksum");
  check_refused(small_png(replaced(chunk("tEXt", "hello"), "hello", "jello")), "chunk tEXt at byte 33: its data have");

  const std::string wrong_adler = replaced(stored(bytes_of({0, 10, 20, 30, 0, 40, 50, 60})), "\x28\x32", "\x28\x33");
  check_refused(png(header_chunk(3, 2, 8, 0) + chunk("IDAT", wrong_adler)), "incorrect data check");
}

TEST_CASE("the header of a PNG is checked", "[image][png]") {
  const auto with_header = [](const std::string& header) { return png(header + kData); };
  check_refused(with_header(header_chunk(0, 2, 8, 0)), "chunk IHDR at byte 8: 0 x 2 pixels");
  check_refused(with_header(header_chunk(3, 0, 8, 0)), "3 x 0 pixels");
  check_refused(with_header(header_chunk(0xFFFFFFFF, 2, 8, 0)),
                "4294967295 x 2 pixels, more than the limit of 1000000");
  check_refused(with_header(header_chunk(100'000, 1001, 8, 0)), "and 100000000 in all");
  check_refused(with_header(header_chunk(3, 2, 3, 0)), "color type 0 with 3 bits");
  check_refused(with_header(header_chunk(3, 2, 4, 2)), "color type 2 with 4 bits");
  check_refused(with_header(header_chunk(3, 2, 16, 3)), "color type 3 with 16 bits");
  check_refused(with_header(header_chunk(3, 2, 8, 5)), "color type 5 with 8 bits");
  check_refused(with_header(header_chunk(3, 2, 8, 0, 2)), "interlace method 2, expected 0 or 1");
  const std::string three_by_two = number(3, 4) + number(2, 4);
  check_refused(with_header(chunk("IHDR", three_by_two + bytes_of({8, 0, 1, 0, 0}))),
                "compression method 1, expected 0");
  check_refused(with_header(chunk("IHDR", three_by_two + bytes_of({8, 0, 0, 1, 0}))), "filter method 1, expected 0");
  check_refused(with_header(chunk("IHDR", three_by_two)), "has 8 bytes, expected 13");
}

TEST_CASE("the chunks of a PNG have an order", "[image][png]") {
  const std::string header = header_chunk(3, 2, 8, 0), palette = chunk("PLTE", "rgb"), text = chunk("tEXt", "t");
  check_refused(png(kData + header), "chunk IDAT at byte 8: is the first, expected IHDR");
  check_refused(png(chunk("CgBI", "1234") + header + kData), "chunk CgBI at byte 8: is the first, expected IHDR");
  check_refused(png(header + header + kData), "chunk IHDR at byte 33: is the second, expected one");
  check_refused(png(header + kData + text + kData), "chunk IDAT at byte 77: is after another chunk");
  check_refused(png(header), "chunk IEND at byte 33: is before IDAT");
  check_refused(png(header + kData + palette), "chunk PLTE at byte 64: is after IDAT");
  check_refused(png(header + kData + chunk("tRNS", "12")), "chunk tRNS at byte 64: is after IDAT");
  check_refused(png(header + chunk("CoOL", "") + kData), "chunk CoOL at byte 33: is not known");
  check_refused(png(header + chunk("a b!", "") + kData), "no chunk at byte 33");
  check_refused(png(header + kData + chunk("IEND", "x")), "chunk IEND at byte 64: has 1 bytes, expected none");
  check_refused(std::string(kPngSignature) + header + kData,
                "truncated PNG image: 64 bytes, expected a chunk at byte 64");
  check_refused(replaced(small_png(), number(19, 4) + "IDAT", number(1900, 4) + "IDAT"),
                "chunk IDAT at byte 33 has 1900 bytes of data, of which the file has");
  check_refused(replaced(small_png(), "\r\n\x1a\n", "\n\x1a\n"), "copied as text");
}

TEST_CASE("a PNG's palette fits its depth and its pixels", "[image][png]") {
  const auto indexed = [](const std::string& before_data) {
    return png(header_chunk(2, 1, 1, 3) + before_data + chunk("IDAT", stored(bytes_of({0, 0x40}))));
  };
  CHECK_NOTHROW(check_png(indexed(chunk("PLTE", "rgbRGB")), "a.png"));
  check_refused(indexed(""), "chunk IDAT at byte 33: is before PLTE");
  check_refused(indexed(chunk("PLTE", "")), "chunk PLTE at byte 33: has 0 bytes, expected 3 for each of 1 to 2 colors");
  check_refused(indexed(chunk("PLTE", "rgbR")), "has 4 bytes");
  check_refused(indexed(chunk("PLTE", "rgbrgbrgb")), "has 9 bytes, expected 3 for each of 1 to 2 colors");
  check_refused(indexed(chunk("PLTE", "rgb") + chunk("PLTE", "rgb")), "is the second, expected one");
  check_refused(indexed(chunk("PLTE", "rgb")), "a pixel has color 1, expected 0 to 0, as PLTE has");
  check_refused(indexed(chunk("tRNS", "t") + chunk("PLTE", "rgbRGB")), "chunk tRNS at byte 33: has 1 bytes");
  check_refused(small_png(chunk("tRNS", "123")), "chunk tRNS at byte 33: has 3 bytes, expected 2");

  // Pixels 0 to 3 through each filter; the last row has the padding bits set, which are not pixels.
  const std::vector<int> rows = {0, 0x1B, 1, 0x1B, 2, 0, 3, 0x0E, 4, 0, 0, 0x1B};
  CHECK_NOTHROW(check_png(indexed_png(2, 4, 4, 6, rows), "a.png"));
  check_refused(indexed_png(2, 3, 4, 6, rows), "a pixel has color 3, expected 0 to 2");
  CHECK_NOTHROW(check_png(indexed_png(2, 1, 1, 1, {0, 0x3F}), "a.png"));
  check_refused(indexed_png(8, 200, 2, 2, {1, 100, 90, 2, 99, 11}), "a pixel has color 201, expected 0 to 199");
  check_refused(indexed_png(8, 200, 2, 2, {0, 100, 90, 4, 99, 11}), "a pixel has color 210");
  check_refused(indexed_png(8, 9, 2, 2, {0, 1, 0, 2, 0, 3, 9}, 1), "a pixel has color 9, expected 0 to 8");
}

TEST_CASE("a PNG's compressed data hold its pixels and no more", "[image][png]") {
  const auto with_data = [](const std::string& zlib) { return png(header_chunk(3, 2, 8, 0) + chunk("IDAT", zlib)); };
  check_refused(with_data(stored(bytes_of({0, 1, 2, 3, 0, 1, 2}))),
                "chunk IDAT at byte 33: the compressed data hold 7 bytes, expected 8 (3 x 2 pixels)");
  check_refused(with_data(stored(std::string(9, '\0'))), "hold more than the expected 8 bytes");
  check_refused(with_data(stored(bytes_of({0, 1, 2, 3, 5, 1, 2, 3}))), "a row has filter 5, expected 0 to 4");
  check_refused(with_data(""), "truncated");
  check_refused(png(header_chunk(10000, 10000, 16, 6) + kData), "19 bytes of compressed data cannot hold the expected");
  CHECK_NOTHROW(check_png(png(header_chunk(3, 2, 8, 0) + chunk("IDAT", kData.substr(8, 4))
                              + chunk("IDAT", kData.substr(12, 15)) + chunk("tIME", "")),
                          "a.png"));
}

TEST_CASE("a PNG of more than 64 KiB is read", "[image][png]") {
  const TemporaryFolder folder;
  Image image(150, 200, 3);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = float(i * i % 251) * 2 / 255 - 1;
  write_png(folder / "a.png", image);
  const Image read = map_intensity(read_image(folder / "a.png"), Intensity::bit_depth);
  REQUIRE(read.pixels.size() == image.pixels.size());
  float difference = 0;
  for (size_t i = 0; i < image.pixels.size(); ++i)
    difference = std::max(difference, std::abs(read.pixels[i] - image.pixels[i]));
  CHECK(difference < 1e-5f);
}

TEST_CASE("every one-byte change of a PNG is refused", "[image][png]") {
  for (const char* name : {"gray16.png", "rgb8.png", "rgba8.png", "indexed.png"}) {
    const std::string sound = read_file(test_file(name), 1000);
    for (size_t at = 0; at < sound.size(); ++at)
      for (int change = 1; change < 256; ++change) {
        std::string changed = sound;
        changed[at] = char(changed[at] ^ change);
        bool is_refused = false;
        try {
          check_png(changed, "a.png");
        } catch (const Error&) {
          is_refused = true;
        }
        if (!is_refused) FAIL(name << ": byte " << at << " changed by " << change);
      }
  }
}

// Behind the checksums, the other checks and the decoder are what a hostile file meets.
TEST_CASE("a PNG changed in one byte under right checksums is refused or read", "[image][png]") {
  const TemporaryFolder folder;
  for (const char* name : {"gray16.png", "rgb8.png", "rgba8.png", "indexed.png"}) {
    const std::string sound = read_file(test_file(name), 1000);
    for (size_t start = kPngSignature.size(); start < sound.size();) {
      const size_t length = (size_t(uint8_t(sound[start + 2])) << 8) + uint8_t(sound[start + 3]);
      for (size_t at = start + 4; at < start + 8 + length; ++at)
        for (int change = 1; change < 256; change += 2) {
          std::string changed = sound;
          changed[at] = char(changed[at] ^ change);
          changed.replace(start + 8 + length, 4, number(crc_of(changed.substr(start + 4, 4 + length)), 4));
          try {
            const Image image = file_formats().front().decode(changed, "a.png");
            REQUIRE(int64_t(image.pixels.size()) == image.height * image.width * image.channels);
          } catch (const Error& error) {
            REQUIRE_THAT(error.what(), Contains("a.png: "));
          }
        }
      start += length + 12;
    }
  }
}

}  // namespace tuna
