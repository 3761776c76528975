#include "data/caption.h"

#include <stb_easy_font.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace tuna {
namespace {

// stb_easy_font reads out of bounds for any other character.
std::string in_ascii(const std::string& text) {
  std::string ascii;
  for (const char each : text) {
    const auto byte = static_cast<unsigned char>(each);
    if ((byte & 0xC0) == 0x80) continue;  // UTF-8: a later byte of a character
    const bool known = byte == '\n' || (byte >= ' ' && byte <= '~');
    ascii += known ? each : '?';
  }
  return ascii;
}

// The functions of stb_easy_font take non-const pointers to text that they do not modify.
int64_t width_of(std::string ascii) { return stb_easy_font_width(ascii.data()); }
int64_t height_of(std::string ascii) { return stb_easy_font_height(ascii.data()); }

/// A corner as stb_easy_font_print() writes it; four make a rectangle.
struct Corner {
  float x, y, z;
  unsigned char colour[4];
};
using Rectangle = std::array<Corner, 4>;  // the third is opposite to the first

std::vector<Rectangle> rectangles_of(std::string ascii) {
  constexpr size_t kMostPerCharacter = 32;
  std::vector<Rectangle> rectangles(ascii.size() * kMostPerCharacter + 1);
  const int count =
      stb_easy_font_print(0, 0, ascii.data(), nullptr, rectangles.data(), int(rectangles.size() * sizeof(Rectangle)));
  rectangles.resize(size_t(count));
  return rectangles;
}

}  // namespace

Image caption(const std::string& text, int64_t scale, int64_t channels) {
  const std::string ascii = in_ascii(text);
  Image image(height_of(ascii) * scale, width_of(ascii) * scale, channels, 1);
  for (const Rectangle& rectangle : rectangles_of(ascii)) {
    const auto end = [scale](float edge, int64_t size) { return std::min(int64_t(edge) * scale, size); };
    for (int64_t y = int64_t(rectangle[0].y) * scale; y < end(rectangle[2].y, image.height); ++y)
      for (int64_t x = int64_t(rectangle[0].x) * scale; x < end(rectangle[2].x, image.width); ++x)
        for (int64_t c = 0; c < channels; ++c) image.at(y, x, c) = -1;
  }
  return image;
}

std::string fit_caption(const std::string& line, int64_t width, int64_t scale) {
  std::string ascii = in_ascii(line);
  if (width_of(ascii) * scale <= width) return ascii;
  while (!ascii.empty() && width_of(ascii + "...") * scale > width) ascii.pop_back();
  return ascii + "...";
}

}  // namespace tuna
