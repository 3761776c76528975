#include "data/jpeg_gate.h"

#include "data/file.h"
#include "data/image_file.h"
#include "engine/base/check.h"
#include "tests/catch.h"
#include "tests/data/folder.h"
#include "tests/data/image_bytes.h"

namespace tuna {
namespace {

void check_refused(const std::string& bytes, const std::string& message) {
  INFO(message);
  CHECK_THROWS_WITH(check_jpeg(bytes, "a.jpg"), Contains("a.jpg: ") && Contains(message));
}

Image decode(const SmallJpeg& jpeg) { return file_formats().back().decode(jpeg.bytes(), "a.jpg"); }

/// SmallJpeg of one white component with one part exchanged.
std::string with(std::string SmallJpeg::*part, const std::string& bytes) {
  SmallJpeg jpeg({true});
  jpeg.*part = bytes;
  return jpeg.bytes();
}

std::string huffman_segment(const std::vector<int>& counts, size_t values) {
  return segment(0xC4, bytes_of({0}) + bytes_of(counts) + std::string(values, '\0'));
}

std::string frame_segment(const std::vector<int>& values, int marker = 0xC0) {
  return segment(marker, bytes_of(values));
}

}  // namespace

TEST_CASE("a sound JPEG passes, and what is in it is found", "[image][jpeg]") {
  for (const char* name : {"gray.jpg", "progressive.jpg", "restarts.jpg"})
    CHECK_NOTHROW(check_jpeg(read_file(test_file(name), 1000), name));
  const JpegFacts facts = check_jpeg(read_file(test_file("gray.jpg"), 1000) + "whatever follows", "a.jpg");
  CHECK((facts.width == 24 && facts.height == 16 && !facts.is_cmyk_without_adobe));
  const Image white = decode(SmallJpeg({true}));
  CHECK((white.width == 8 && white.height == 8 && white.channels == 1));
  CHECK_THAT(white.at(7, 7), WithinAbs(254 / 255., 1e-6));
}

// stb_image 2.27 wrote such tables past the end of its own, in stbi_info already.
TEST_CASE("a JPEG with more Huffman codes than there can be is refused", "[image][jpeg]") {
  check_refused(with(&SmallJpeg::huffman, huffman_segment(std::vector<int>(16, 255), 16 * 255)),
                "DHT at byte 71: a table has 255 codes of 1 bits, more than are left by shorter ones");
  check_refused(with(&SmallJpeg::huffman, huffman_segment({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 2}, 257)),
                "DHT at byte 71: a table has 257 codes, expected at most 256");
  check_refused(with(&SmallJpeg::huffman, huffman_segment({0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 1)),
                "DHT at byte 71: a table of 2 codes has 18 bytes, expected 19");
  check_refused(with(&SmallJpeg::huffman, segment(0xC4, bytes_of({0x20}) + std::string(16, '\0'))), "of class 2");
  check_refused(with(&SmallJpeg::huffman, segment(0xC4, bytes_of({0x04}) + std::string(16, '\0'))),
                "table 4 of class 0");
  check_refused(with(&SmallJpeg::huffman, segment(0xC4, number(0, 1))), "a table has 1 bytes, expected 17 and more");
}

TEST_CASE("the tables that a JPEG's scans use must be there", "[image][jpeg]") {
  check_refused(with(&SmallJpeg::huffman, ""), "SOS at byte 84: component 1 has DC table 0, expected a DHT");
  check_refused(with(&SmallJpeg::huffman, SmallJpeg({true}).huffman.substr(0, 23)), "component 1 has AC table 0");
  check_refused(with(&SmallJpeg::quantisation, ""), "component 1 has quantisation table 0, expected a DQT");
  check_refused(with(&SmallJpeg::quantisation, segment(0xDB, std::string(64, '\1'))),
                "DQT at byte 2: a table has 64 bytes");
  check_refused(with(&SmallJpeg::quantisation, segment(0xDB, bytes_of({0x20}) + std::string(64, '\1'))), "precision 2");
  check_refused(with(&SmallJpeg::quantisation, segment(0xDB, bytes_of({4}) + std::string(64, '\1'))), "table 4");
}

TEST_CASE("the frame of a JPEG is checked", "[image][jpeg]") {
  const auto check_frame = [](const std::vector<int>& values, const std::string& message, int marker = 0xC0) {
    check_refused(with(&SmallJpeg::frame, frame_segment(values, marker)), message);
  };
  check_frame({12, 0, 8, 0, 8, 1, 1, 0x11, 0}, "SOF0 at byte 116: 12 bits per sample, expected 8");
  check_frame({8, 0, 0, 0, 8, 1, 1, 0x11, 0}, "8 x 0 pixels");
  check_frame({8, 0, 8, 0, 0, 1, 1, 0x11, 0}, "0 x 8 pixels");
  check_frame({8, 255, 255, 255, 255, 1, 1, 0x11, 0}, "65535 x 65535 pixels, more than the limit");
  check_frame({8, 0, 8, 0, 8, 2, 1, 0x11, 0, 2, 0x11, 0}, "2 components, expected 1, 3 or 4");
  check_frame({8, 0, 8, 0, 8, 3, 1, 0x11, 0}, "has 9 bytes, expected 15 for 3 components");
  check_frame({8, 0, 8}, "has 3 bytes, expected at least 6");
  check_frame({8, 0, 8, 0, 8, 1, 1, 0x51, 0}, "component 1 is sampled 5 x 1");
  check_frame({8, 0, 8, 0, 8, 1, 1, 0x10, 0}, "component 1 is sampled 1 x 0");
  check_frame({8, 0, 8, 0, 8, 1, 1, 0x11, 4}, "quantisation table 4");
  check_frame({8, 0, 8, 0, 8, 3, 1, 0x31, 0, 2, 0x21, 0, 3, 0x11, 0}, "component 2 is sampled 2 x 1 of 3 x 1");
  check_frame({8, 0, 8, 0, 8, 3, 1, 0x11, 0, 1, 0x11, 0, 3, 0x11, 0}, "component 1 is there twice");
  check_frame({8, 0, 8, 0, 8, 1, 1, 0x11, 0}, "SOF3 at byte 116: is lossless, hierarchical or arithmetic", 0xC3);
  check_frame({8, 0, 8, 0, 8, 1, 1, 0x11, 0}, "SOF9 at byte 116: is lossless", 0xC9);
  check_refused(with(&SmallJpeg::frame, ""), "SOS at byte 116: is before a frame");
  const std::string frame = SmallJpeg({true}).frame;
  check_refused(with(&SmallJpeg::frame, frame + frame), "is the second frame");
}

TEST_CASE("the scans of a JPEG are checked", "[image][jpeg]") {
  const auto check_scan = [](const std::vector<int>& values, const std::string& message) {
    check_refused(with(&SmallJpeg::scan, segment(0xDA, bytes_of(values))), message);
  };
  check_scan({0, 0, 63, 0}, "SOS at byte 129: 0 components, expected 1 to the 1 of the frame");
  check_scan({2, 1, 0, 1, 0, 0, 63, 0}, "2 components");
  check_scan({1, 1, 0, 0, 63}, "has 5 bytes, expected 6");
  check_scan({1, 7, 0, 0, 63, 0}, "component 7, which the frame does not have");
  check_scan({1, 1, 0x40, 0, 63, 0}, "Huffman tables 4 and 0");
  check_scan({1, 1, 0, 1, 63, 0}, "a part of the coefficients");
  check_scan({1, 1, 0, 0, 63, 0x10}, "a part of the coefficients");

  const SmallJpeg sound({true});
  check_refused(with(&SmallJpeg::data, sound.data + sound.scan + sound.data), "component 1 was in a scan before");
  check_refused(with(&SmallJpeg::scan, ""), "EOI at byte 131: component 1 is in no scan");
  check_refused(with(&SmallJpeg::data, ""), "its data have 0 bytes, expected at least 1 for 8 x 8 pixels");

  SmallJpeg large({true});
  large.frame = frame_segment({8, 8, 0, 8, 0, 1, 1, 0x11, 0});
  check_refused(large.bytes(), "its data have 2 bytes, expected at least 16384 for 2048 x 2048 pixels");

  SmallJpeg color({true, true, true});
  color.scan = segment(0xDA, bytes_of({2, 1, 0, 1, 0, 0, 63, 0}));
  check_refused(color.bytes(), "component 1 is there twice");
  color.scan = segment(0xDA, bytes_of({2, 1, 0, 2, 0, 0, 63, 0}));
  check_refused(color.bytes(), "component 3 is in no scan");
}

TEST_CASE("the scans of a progressive JPEG begin with the first coefficient", "[image][jpeg]") {
  const auto progressive = [](const std::vector<int>& scan) {
    SmallJpeg jpeg({true});
    jpeg.frame = frame_segment({8, 0, 8, 0, 8, 1, 1, 0x11, 0}, 0xC2);
    jpeg.scan = segment(0xDA, bytes_of(scan));
    return jpeg;
  };
  CHECK_NOTHROW(check_jpeg(progressive({1, 1, 0, 0, 0, 0}).bytes(), "a.jpg"));
  check_refused(progressive({1, 1, 0, 0, 63, 0}).bytes(),
                "coefficients 0 to 63, expected the first in a scan of its own");
  check_refused(progressive({1, 1, 0, 1, 63, 0}).bytes(),
                "component 1: expected a scan of its first coefficient before");
  check_refused(progressive({1, 1, 0, 0, 0, 0x10}).bytes(), "component 1: expected a scan of its first coefficient");
  check_refused(progressive({1, 1, 0, 9, 8, 0}).bytes(), "coefficients 9 to 8");
  check_refused(progressive({1, 1, 0, 1, 64, 0}).bytes(), "coefficients 1 to 64");
  check_refused(progressive({1, 1, 0, 0, 0, 0xE0}).bytes(), "bits 14 to 0");

  SmallJpeg many = progressive({1, 1, 0, 0, 0, 0});
  const std::string refinement = segment(0xDA, bytes_of({1, 1, 0, 0, 0, 0x10})) + "\x7F";
  for (int i = 0; i < 100; ++i) many.data += refinement;
  check_refused(many.bytes(), "is scan 101, expected at most 100");
}

TEST_CASE("the segments of a JPEG are within the file and known", "[image][jpeg]") {
  SmallJpeg jpeg({true});
  jpeg.application =
      segment(0xE0, "JFIF") + segment(0xFE, "a comment") + std::string("\xFF\xFF\xFF", 3) + segment(0xEF, "").substr(1);
  CHECK_NOTHROW(check_jpeg(jpeg.bytes(), "a.jpg"));
  check_refused("\xFF\xD8" + number(0xFFE00001, 4), "APP0 at byte 2: has the length 1, expected at least 2");
  check_refused("\xFF\xD8" + number(0xFFE01000, 4) + "ab", "truncated JPEG image: 8 bytes end in APP0 at byte 2");
  check_refused("\xFF\xD8", "truncated JPEG image: 2 bytes end in SOI at byte 0");
  check_refused("\xFF\xD8\xFF\xD9", "EOI at byte 2: is before a frame");
  for (const auto& [marker, name] : std::vector<std::pair<int, std::string>>{
           {0xD8, "SOI"}, {0xCC, "DAC"}, {0xD0, "RST0"}, {0xC8, "FFC8"}, {0x01, "FF01"}, {0xF0, "FFF0"}}) {
    jpeg.application = segment(marker, "1234");
    check_refused(jpeg.bytes(), name + " at byte 2: is not expected here");
  }
  check_refused(with(&SmallJpeg::end, segment(0xDC, number(9, 2))),
                "DNL at byte 141: expected the 8 rows of the frame");
  check_refused(with(&SmallJpeg::application, segment(0xDD, "123")), "DRI at byte 2: has 3 bytes, expected 2");
}

TEST_CASE("a JPEG has the restart markers that it announces", "[image][jpeg]") {
  const std::string sound = read_file(test_file("restarts.jpg"), 1000);
  check_refused(replaced(sound, "\xFF\xD1", "\xFF\xD2"), "expected RST1");
  check_refused(replaced(sound, "\xFF\xD4", std::string("\xFF\0", 2)), "its data have 4 restart markers, expected 5");
  check_refused(with(&SmallJpeg::data, SmallJpeg({true}).data + "\xFF\xD0"), "expected none without DRI");
}

TEST_CASE("four components of a JPEG are cyan, magenta, yellow and black", "[image][jpeg]") {
  const auto adobe = [](int transform) { return segment(0xEE, "Adobe" + bytes_of({0, 100, 0, 0, 0, 0, transform})); };
  SmallJpeg no_ink({true, true, true, true}), all_black({true, true, true, false}), cyan({false, true, true, true});
  CHECK(check_jpeg(no_ink.bytes(), "a.jpg").is_cmyk_without_adobe);
  for (const std::string& application : {std::string(), adobe(0)}) {
    no_ink.application = all_black.application = cyan.application = application;
    for (int64_t c = 0; c < 3; ++c) {
      CHECK(decode(no_ink).at(4, 4, c) > 0.97f);
      CHECK(decode(all_black).at(4, 4, c) < 0.03f);
    }
    CHECK(decode(cyan).at(4, 4, 0) < 0.03f);
    CHECK(decode(cyan).at(4, 4, 1) > 0.97f);
  }
  CHECK_FALSE(check_jpeg(no_ink.bytes(), "a.jpg").is_cmyk_without_adobe);
  no_ink.application = adobe(1);
  check_refused(no_ink.bytes(), "four components of Adobe's color transform 1, expected 0 (CMYK) or 2 (YCCK)");
}

TEST_CASE("a JPEG changed in one byte is refused or read", "[image][jpeg]") {
  for (const char* name : {"gray.jpg", "progressive.jpg", "restarts.jpg"}) {
    const std::string sound = read_file(test_file(name), 1000);
    for (size_t at = 0; at < sound.size(); ++at)
      for (const int change : {0x01, 0x02, 0x10, 0x80, 0xFF}) {
        std::string changed = sound;
        changed[at] = char(changed[at] ^ change);
        try {
          const Image image = file_formats().back().decode(changed, "a.jpg");
          REQUIRE(int64_t(image.pixels.size()) == image.height * image.width * image.channels);
        } catch (const Error& error) {
          REQUIRE_THAT(error.what(), Contains("a.jpg: "));
        }
      }
  }
}

}  // namespace tuna
