// Makes a PNG of any kind from bytes: six that describe it, a palette, and rows, which are compressed as they are.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/data/image_bytes.h"

namespace tuna {

struct AnyPng {
  int width, height;
  std::string bytes;
};

namespace any_png_parts {

struct Kind {
  int depth, color, samples;
};

constexpr std::array<Kind, 15> kKinds = {{{1, 0, 1},
                                          {2, 0, 1},
                                          {4, 0, 1},
                                          {8, 0, 1},
                                          {16, 0, 1},
                                          {8, 2, 3},
                                          {16, 2, 3},
                                          {1, 3, 1},
                                          {2, 3, 1},
                                          {4, 3, 1},
                                          {8, 3, 1},
                                          {8, 4, 2},
                                          {16, 4, 2},
                                          {8, 6, 4},
                                          {16, 6, 4}}};

struct Pass {
  int left, top, right_step, down_step;
};

constexpr std::array<Pass, 7> kAdam7 = {
    {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}};

struct Rows {
  int count = 0, bytes = 0;  // of a row, with that of its filter
};

inline Rows rows_of(const Pass& pass, int width, int height, const Kind& kind) {
  const int columns = (width - pass.left + pass.right_step - 1) / pass.right_step;
  const int rows = (height - pass.top + pass.down_step - 1) / pass.down_step;
  if (columns <= 0 || rows <= 0) return {};
  return {rows, 1 + (columns * kind.samples * kind.depth + 7) / 8};
}

inline std::vector<Rows> rows_of(int width, int height, const Kind& kind, bool interlaced) {
  if (!interlaced) return {rows_of({0, 0, 1, 1}, width, height, kind)};
  std::vector<Rows> all;
  for (const Pass& pass : kAdam7) all.push_back(rows_of(pass, width, height, kind));
  return all;
}

/// The rows, each with one of PNG's five filters in front.
inline std::string with_filters(std::string bytes, const std::vector<Rows>& all) {
  size_t at = 0;
  for (const Rows& rows : all)
    for (int i = 0; i < rows.count; ++i, at += size_t(rows.bytes)) {
      bytes.resize(std::max(bytes.size(), at + size_t(rows.bytes)));
      bytes[at] = char(uint8_t(bytes[at]) % 5);
    }
  bytes.resize(at);
  return bytes;
}

inline std::string compressed(const std::string& bytes) {
  std::string result(compressBound(uLong(bytes.size())), '\0');
  uLongf size = uLongf(result.size());
  compress2(reinterpret_cast<Bytef*>(result.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
            uLong(bytes.size()), 1);
  result.resize(size);
  return result;
}

}  // namespace any_png_parts

/// `bytes`: at least six.  What rows lack is 0.
inline AnyPng any_png(const std::string& bytes) {
  using namespace any_png_parts;
  const auto byte = [&](size_t i) { return int(uint8_t(bytes[i])); };
  const int width = 1 + byte(0) % 64, height = 1 + byte(1) % 64;
  const Kind& kind = kKinds[size_t(byte(2)) % kKinds.size()];
  const bool interlaced = byte(3) & 1;
  const size_t colors = kind.color == 3 ? 1 + size_t(byte(4) % (1 << kind.depth)) : 0;
  std::string rest = bytes.substr(6);
  std::string chunks = header_chunk(uint32_t(width), uint32_t(height), kind.depth, kind.color, interlaced);
  if (colors > 0) {
    std::string palette = rest.substr(0, 3 * colors);
    palette.resize(3 * colors);
    rest.erase(0, 3 * colors);
    chunks += chunk("PLTE", palette);
  }
  if (byte(5) < 8) chunks += chunk("eXIf", exif(byte(5) + 1));
  rest = with_filters(rest, rows_of(width, height, kind, interlaced));
  return {width, height, png(chunks + chunk("IDAT", compressed(rest)))};
}

}  // namespace tuna
