#include "data/orientation.h"

#include <algorithm>

#include "data/bytes.h"

namespace tuna {
namespace {

constexpr uint32_t kOrientationTag = 0x0112, kShort = 3;
constexpr size_t kEntryBytes = 12;  // tag, type, count, value

/// The value of an entry of two bytes in the first directory of TIFF data, or 0.
uint32_t short_entry(std::string_view tiff, uint32_t tag) {
  const auto number = tiff.starts_with("II") ? little_endian : big_endian;
  if (tiff.size() < 8 || number(tiff, 2, 2) != 42) return 0;
  const size_t directory = number(tiff, 4, 4);
  if (directory > tiff.size() - 2) return 0;
  const size_t fitting = (tiff.size() - directory - 2) / kEntryBytes;
  const size_t entries = std::min<size_t>(number(tiff, directory, 2), fitting);
  for (size_t i = 0; i < entries; ++i) {
    const size_t entry = directory + 2 + i * kEntryBytes;
    if (number(tiff, entry, 2) == tag && number(tiff, entry + 2, 2) == kShort && number(tiff, entry + 4, 4) == 1)
      return number(tiff, entry + 8, 2);
  }
  return 0;
}

Image exchange_rows_and_columns(const Image& image) {
  Image out(image.width, image.height, image.channels);
  for (int64_t y = 0; y < out.height; ++y)
    for (int64_t x = 0; x < out.width; ++x)
      for (int64_t c = 0; c < out.channels; ++c) out.at(y, x, c) = image.at(x, y, c);
  return out;
}

void mirror_columns(Image& image) {
  for (int64_t y = 0; y < image.height; ++y)
    for (int64_t x = 0; x < image.width / 2; ++x)
      for (int64_t c = 0; c < image.channels; ++c) std::swap(image.at(y, x, c), image.at(y, image.width - 1 - x, c));
}

void mirror_rows(Image& image) {
  const int64_t row = image.width * image.channels;
  for (int64_t y = 0; y < image.height / 2; ++y)
    std::swap_ranges(&image.at(y, 0), &image.at(y, 0) + row, &image.at(image.height - 1 - y, 0));
}

}  // namespace

Orientation exif_orientation(std::string_view tiff) {
  if (!tiff.starts_with("II") && !tiff.starts_with("MM")) return Orientation::top_left;
  const uint32_t value = short_entry(tiff, kOrientationTag);
  return value >= 1 && value <= 8 ? Orientation(value) : Orientation::top_left;
}

Image upright(Image image, Orientation orientation) {
  using enum Orientation;
  if (orientation >= left_top) image = exchange_rows_and_columns(image);
  if (orientation == top_right || orientation == bottom_right || orientation == right_top
      || orientation == right_bottom)
    mirror_columns(image);
  if (orientation == bottom_right || orientation == bottom_left || orientation == right_bottom
      || orientation == left_bottom)
    mirror_rows(image);
  return image;
}

}  // namespace tuna
