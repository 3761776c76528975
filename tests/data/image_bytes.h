// Writes the bytes of PNG and JPEG files for tests, also of wrong ones.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/check.h"

namespace tuna {

/// `count` bytes, the most significant first.
inline std::string number(uint32_t value, int count) {
  std::string bytes;
  for (int i = count; i-- > 0;) bytes += char(value >> (8 * i) & 255);
  return bytes;
}

inline std::string bytes_of(const std::vector<int>& values) { return {values.begin(), values.end()}; }

/// `from` must be there.
inline std::string replaced(std::string_view bytes, std::string_view from, std::string_view to) {
  const size_t at = bytes.find(from);
  check(at != bytes.npos, "the bytes to replace are not there");
  return std::string(bytes.substr(0, at)) + std::string(to) + std::string(bytes.substr(at + from.size()));
}

inline uint32_t crc_of(std::string_view bytes) {
  uint32_t crc = 0xFFFFFFFF;
  for (const char byte : bytes) {
    crc ^= uint8_t(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
  }
  return ~crc;
}

constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n";

inline std::string chunk(const std::string& type, const std::string& data) {
  return number(uint32_t(data.size()), 4) + type + data + number(crc_of(type + data), 4);
}

inline std::string header_chunk(uint32_t width, uint32_t height, int depth, int color, int interlaced = 0) {
  return chunk("IHDR", number(width, 4) + number(height, 4) + bytes_of({depth, color, 0, 0, interlaced}));
}

/// A zlib stream that stores less than 64 KiB as they are.
inline std::string stored(std::string_view data) {
  uint32_t a = 1, b = 0;
  for (const char byte : data) {
    a = (a + uint8_t(byte)) % 65521;
    b = (b + a) % 65521;
  }
  const std::string length = bytes_of({int(data.size() & 255), int(data.size() >> 8)});
  const std::string inverted = bytes_of({int(~data.size() & 255), int(~data.size() >> 8 & 255)});
  return "\x78\x01\x01" + length + inverted + std::string(data) + number(b << 16 | a, 4);
}

inline std::string png(const std::string& chunks) { return std::string(kPngSignature) + chunks + chunk("IEND", ""); }

/// 3 x 2 gray pixels, 10 to 60.
inline std::string small_png(const std::string& before_data = "") {
  return png(header_chunk(3, 2, 8, 0) + before_data + chunk("IDAT", stored(bytes_of({0, 10, 20, 30, 0, 40, 50, 60}))));
}

inline std::string segment(int marker, const std::string& data) {
  return bytes_of({0xFF, marker}) + number(uint32_t(data.size() + 2), 2) + data;
}

/// TIFF data with the tag Orientation.
inline std::string exif(int orientation, bool little = false) {
  return little ? bytes_of(
             {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0})
                : bytes_of(
                    {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0});
}

/// The parts of a JPEG of 8 x 8 pixels, each component of which is almost white (254) or almost black (2), so that
/// tests can exchange one of them.
struct SmallJpeg {
  std::string application;  // segments in front
  std::string quantisation = segment(0xDB, bytes_of({0}) + std::string(64, '\1'));
  // DC: "0" is a difference of 0, "10" is followed by one of 10 bits.  AC: "0" is the end of the block.
  std::string huffman = segment(0xC4, bytes_of({0x00, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10}))
                        + segment(0xC4, bytes_of({0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  std::string frame, scan, data;
  std::string end = "\xFF\xD9";

  explicit SmallJpeg(const std::vector<bool>& white) {
    const int count = int(white.size());
    std::string components, selectors, bits;
    for (int i = 0; i < count; ++i) {
      components += bytes_of({i + 1, 0x11, 0});
      selectors += bytes_of({i + 1, 0x00});
      bits += white[size_t(i)] ? "1011111100000" : "1000000011110";  // 1008 or -1008, and the end
    }
    frame = segment(0xC0, bytes_of({8, 0, 8, 0, 8, count}) + components);
    scan = segment(0xDA, bytes_of({count}) + selectors + bytes_of({0, 63, 0}));
    for (; bits.size() % 8 > 0; bits += '1') continue;
    for (size_t i = 0; i < bits.size(); i += 8) data += char(std::stoi(bits.substr(i, 8), nullptr, 2));
  }

  std::string bytes() const { return "\xFF\xD8" + application + quantisation + huffman + frame + scan + data + end; }
};

}  // namespace tuna
