#include "data/png_gate.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>
#include <vector>

#include "data/bytes.h"
#include "data/image_limits.h"
#include "data/inflate.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";

enum ColorType { gray = 0, rgb = 2, indexed = 3, gray_alpha = 4, rgb_alpha = 6 };

struct Chunk {
  std::string_view type, data;
  size_t at = 0;  // byte of the file
};

struct Header {
  int64_t width = 0, height = 0;
  int depth = 0, color = 0;
  bool interlaced = false;

  int samples() const {  // per pixel
    return color == rgb ? 3 : color == gray_alpha ? 2 : color == rgb_alpha ? 4 : 1;
  }
};

/// Where the pixels of an interlaced image's pass are: the first, and how far it is to the next.
struct Pass {
  int64_t left, top, right_step, down_step;
};

constexpr std::array<Pass, 1> kAllPixels = {{{0, 0, 1, 1}}};
constexpr std::array<Pass, 7> kAdam7 = {
    {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}};

/// Rows of pixels that follow each other in the decompressed data.
struct Rows {
  int64_t width = 0, height = 0;
  int64_t bytes = 0;  // of a row, without the byte in front that names its filter
};

std::vector<Rows> rows_of(const Header& header) {
  const auto length = [](int64_t whole, int64_t first, int64_t step) { return (whole - first + step - 1) / step; };
  std::vector<Rows> all;
  const auto add = [&](const Pass& pass) {
    const int64_t width = length(header.width, pass.left, pass.right_step);
    const int64_t height = length(header.height, pass.top, pass.down_step);
    if (width > 0 && height > 0) all.push_back({width, height, (width * header.samples() * header.depth + 7) / 8});
  };
  if (header.interlaced)
    std::for_each(kAdam7.begin(), kAdam7.end(), add);
  else
    std::for_each(kAllPixels.begin(), kAllPixels.end(), add);
  return all;
}

size_t decompressed_bytes(const Header& header) {
  int64_t bytes = 0;
  for (const Rows& rows : rows_of(header)) bytes += rows.height * (rows.bytes + 1);
  return size_t(bytes);
}

/// Whether PNG has the pair of depth and color type.
bool exists(int depth, int color) {
  switch (color) {
    case gray:
      return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    case indexed:
      return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    case rgb:
    case gray_alpha:
    case rgb_alpha:
      return depth == 8 || depth == 16;
    default:
      return false;
  }
}

uint8_t paeth(int left, int above, int above_left) {
  const int guess = left + above - above_left;
  const int from_left = std::abs(guess - left), from_above = std::abs(guess - above);
  const int from_above_left = std::abs(guess - above_left);
  if (from_left <= from_above && from_left <= from_above_left) return uint8_t(left);
  return uint8_t(from_above <= from_above_left ? above : above_left);
}

/// A row whose pixels are at most a byte without its filter; `above` is the row before it, without filter.
std::string without_filter(int filter, std::string_view above, std::string_view row) {
  std::string result(row);
  int left = 0, above_left = 0;
  for (size_t i = 0; i < row.size(); ++i) {
    const int up = byte_at(above, i);
    const int guess = filter == 1   ? left
                      : filter == 2 ? up
                      : filter == 3 ? (left + up) / 2
                      : filter == 4 ? paeth(left, up, above_left)
                                    : 0;
    left = (byte_at(row, i) + guess) & 255;
    result[i] = char(left);
    above_left = up;
  }
  return result;
}

/// The largest sample in the pixels of a row that has one sample per pixel.
int largest_sample(std::string_view row, int64_t width, int depth) {
  const int per_byte = 8 / depth, mask = (1 << depth) - 1;
  int largest = 0;
  for (int64_t x = 0; x < width; ++x) {
    const int shift = depth * (per_byte - 1 - int(x % per_byte));
    largest = std::max(largest, byte_at(row, size_t(x / per_byte)) >> shift & mask);
  }
  return largest;
}

void append_number(std::string& bytes, size_t value, int count, bool big_endian = true) {
  for (int i = 0; i < count; ++i) bytes += char(value >> 8 * (big_endian ? count - 1 - i : i) & 255);
}

void append_chunk(std::string& bytes, std::string_view type, std::string_view data) {
  append_number(bytes, data.size(), 4);
  bytes += type;
  bytes += data;
  append_number(bytes, 0, 4);
}

/// Appends a chunk IDAT whose zlib stream has `data` in stored blocks.
void append_stored(std::string& bytes, std::string_view data) {
  constexpr size_t kBlock = 65535;
  const size_t blocks = std::max<size_t>(1, (data.size() + kBlock - 1) / kBlock);
  append_number(bytes, 2 + 5 * blocks + data.size() + 4, 4);
  bytes += "IDAT\x78\x01";
  for (size_t i = 0; i < blocks; ++i) {
    const std::string_view block = data.substr(i * kBlock, kBlock);
    bytes += char(i + 1 == blocks);
    append_number(bytes, block.size(), 2, false);
    append_number(bytes, ~block.size(), 2, false);
    bytes += block;
  }
  append_number(bytes, 0, 8);  // the checksums of stream and chunk
}

class PngGate {
 public:
  PngGate(std::string_view bytes, const std::string& file) : bytes_(bytes), file_(file) {}

  PngFacts check() {
    tuna::check(bytes_.size() >= kSignature.size(), "{}: truncated PNG image: {} bytes", file_, bytes_.size());
    tuna::check(bytes_.starts_with(kSignature),
                "{}: damaged PNG image: its first bytes are not the signature of a PNG, which shows that it was copied "
                "as text",
                file_);
    size_t at = kSignature.size();
    do {
      chunk_ = read_chunk(at);
      check_chunk();
      at += chunk_.data.size() + 12;
    } while (chunk_.type != "IEND");
    facts_.stored = store(decompress());
    facts_.width = header_.width;
    facts_.height = header_.height;
    facts_.depth = header_.depth;
    return std::move(facts_);
  }

 private:
  template <class... Parts>
  [[noreturn]] void refuse(fmt::format_string<Parts...> format, Parts&&... parts) const {
    fail("{}: damaged PNG image: chunk {} at byte {}: {}", file_, chunk_.type, chunk_.at,
         fmt::format(format, std::forward<Parts>(parts)...));
  }

  template <class... Parts>
  void expect(bool ok, fmt::format_string<Parts...> format, Parts&&... parts) const {
    if (!ok) refuse(format, std::forward<Parts>(parts)...);
  }

  Chunk read_chunk(size_t at) const {
    const std::string_view rest = bytes_.substr(at);
    tuna::check(rest.size() >= 12,
                "{}: truncated PNG image: {} bytes, expected a chunk at byte {}, and IEND as the last", file_,
                bytes_.size(), at);
    const size_t length = big_endian(rest, 0, 4);
    const std::string_view type = rest.substr(4, 4);
    tuna::check(
        std::all_of(type.begin(), type.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }),
        "{}: damaged PNG image: no chunk at byte {}, expected one whose name is four letters", file_, at);
    tuna::check(length <= rest.size() - 12,
                "{}: truncated PNG image: chunk {} at byte {} has {} bytes of data, of which the file has {}", file_,
                type, at, length, rest.size() - 12);
    return {type, rest.substr(8, length), at};
  }

  void check_chunk() {
    const std::string_view type = chunk_.type;
    check_crc();
    expect(has_header_ || type == "IHDR", "is the first, expected IHDR");
    if (type == "IHDR") return read_header();
    if (type == "PLTE") return read_palette();
    if (type == "tRNS") return check_transparency();
    if (type == "IDAT") return collect_data();
    if (type == "IEND") return check_end();
    if (type == "eXIf") facts_.orientation = exif_orientation(chunk_.data);
    const bool is_critical = type[0] >= 'A' && type[0] <= 'Z';
    expect(!is_critical, "is not known, but needed to decode the image");
    has_data_ended_ = has_data_;
  }

  void check_crc() const {
    const size_t length = chunk_.data.size();
    const std::string_view type_and_data = bytes_.substr(chunk_.at + 4, 4 + length);
    const auto found =
        uint32_t(::crc32(0, reinterpret_cast<const Bytef*>(type_and_data.data()), uInt(type_and_data.size())));
    const uint32_t expected = big_endian(bytes_, chunk_.at + 8 + length, 4);
    expect(found == expected, "its data have the checksum {:08x}, expected {:08x}", found, expected);
  }

  void read_header() {
    const std::string_view data = chunk_.data;
    expect(!has_header_, "is the second, expected one");
    expect(data.size() == 13, "has {} bytes, expected 13", data.size());
    has_header_ = true;
    header_ = {big_endian(data, 0, 4), big_endian(data, 4, 4), byte_at(data, 8), byte_at(data, 9),
               byte_at(data, 12) == 1};
    expect(header_.width > 0 && header_.height > 0, "{} x {} pixels, expected at least 1 x 1", header_.width,
           header_.height);
    expect(header_.width <= kMaxSide && header_.height <= kMaxSide && header_.width * header_.height <= kMaxPixels,
           "{} x {} pixels, more than the limit of {} on a side and {} in all", header_.width, header_.height, kMaxSide,
           kMaxPixels);
    expect(exists(header_.depth, header_.color), "color type {} with {} bits, which PNG does not have", header_.color,
           header_.depth);
    expect(data[10] == 0, "compression method {}, expected 0", byte_at(data, 10));
    expect(data[11] == 0, "filter method {}, expected 0", byte_at(data, 11));
    expect(byte_at(data, 12) <= 1, "interlace method {}, expected 0 or 1", byte_at(data, 12));
  }

  void read_palette() {
    const size_t bytes = chunk_.data.size(), most = header_.color == indexed ? size_t(1) << header_.depth : 256;
    expect(palette_.empty(), "is the second, expected one");
    expect(!has_data_, "is after IDAT, expected before");
    expect(bytes > 0 && bytes % 3 == 0 && bytes / 3 <= most, "has {} bytes, expected 3 for each of 1 to {} colors",
           bytes, most);
    palette_ = chunk_.data;
  }

  void check_transparency() {
    const size_t bytes = chunk_.data.size();
    expect(!has_data_, "is after IDAT, expected before");
    expect(header_.color != gray_alpha && header_.color != rgb_alpha, "is in an image with alpha, expected none");
    if (header_.color == indexed)
      expect(bytes > 0 && bytes <= size_t(colors()), "has {} bytes, expected 1 for each of at most {} colors before it",
             bytes, colors());
    else
      expect(bytes == size_t(header_.samples()) * 2, "has {} bytes, expected {}", bytes, header_.samples() * 2);
  }

  void collect_data() {
    expect(!has_data_ended_, "is after another chunk, expected right after the IDAT before");
    expect(header_.color != indexed || !palette_.empty(), "is before PLTE, expected after");
    if (!has_data_) first_data_ = chunk_;
    has_data_ = true;
    data_ += chunk_.data;
  }

  void check_end() const {
    expect(chunk_.data.empty(), "has {} bytes, expected none", chunk_.data.size());
    expect(has_data_, "is before IDAT, expected after");
  }

  /// Returns the rows, each with its filter.
  std::string decompress() {
    chunk_ = first_data_;
    std::string pixels;
    try {
      pixels = inflate(data_, decompressed_bytes(header_));
    } catch (const InflateError& error) {
      refuse("{} ({} x {} pixels)", error.what(), header_.width, header_.height);
    }
    std::string().swap(data_);
    size_t row = 0;
    for (const Rows& rows : rows_of(header_)) row = check_rows(rows, pixels, row);
    return pixels;
  }

  std::string store(std::string_view pixels) const {
    std::string bytes(kSignature);
    bytes.reserve(pixels.size() + pixels.size() / 1000 + 2000);
    append_chunk(bytes, "IHDR", bytes_.substr(kSignature.size() + 8, 13));
    if (header_.color == indexed) append_chunk(bytes, "PLTE", palette_);
    append_stored(bytes, pixels);
    append_chunk(bytes, "IEND", "");
    return bytes;
  }

  /// Checks rows that begin at a byte of the pixels, and returns their end.
  size_t check_rows(const Rows& rows, std::string_view pixels, size_t at) const {
    const bool lacks_colors = header_.color == indexed && colors() < 1 << header_.depth;
    std::string above(size_t(rows.bytes), '\0');
    for (int64_t y = 0; y < rows.height; ++y, at += size_t(rows.bytes)) {
      const int filter = byte_at(pixels, at++);
      expect(filter <= 4, "a row has filter {}, expected 0 to 4", filter);
      if (!lacks_colors) continue;
      above = without_filter(filter, above, pixels.substr(at, above.size()));
      const int largest = largest_sample(above, rows.width, header_.depth);
      expect(largest < colors(), "a pixel has color {}, expected 0 to {}, as PLTE has", largest, colors() - 1);
    }
    return at;
  }

  int colors() const { return int(palette_.size() / 3); }

  const std::string_view bytes_;
  const std::string& file_;
  Chunk chunk_, first_data_;
  Header header_;
  PngFacts facts_;
  std::string data_;  // of all IDAT
  std::string_view palette_;
  bool has_header_ = false, has_data_ = false, has_data_ended_ = false;
};

}  // namespace

PngFacts check_png(std::string_view bytes, const std::string& file) { return PngGate(bytes, file).check(); }

}  // namespace tuna
