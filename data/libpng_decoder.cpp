// The only file that includes libpng.  libpng reports errors by longjmp, which runs no destructors: functions that call
// setjmp therefore have no local objects with destructors.
#ifdef TUNA_IMAGE_LIBRARIES
#include <png.h>

#include <algorithm>
#include <bit>
#include <csetjmp>
#include <cstring>
#include <new>
#include <vector>

#include "data/decoders.h"
#include "data/image_levels.h"
#include "data/image_limits.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

static_assert(std::endian::native == std::endian::little, "samples of 16 bits are swapped");

/// What libpng reads and where it reports an error to.
struct Source {
  const char* bytes = nullptr;
  size_t left = 0;
  char reason[100] = "";
};

void read_bytes(png_structp png, png_bytep to, size_t count) {
  auto& source = *static_cast<Source*>(png_get_io_ptr(png));
  if (count > source.left) png_error(png, "the data end too early");
  std::memcpy(to, source.bytes, count);
  source.bytes += count;
  source.left -= count;
}

[[noreturn]] void on_error(png_structp png, png_const_charp reason) {
  auto& source = *static_cast<Source*>(png_get_error_ptr(png));
  std::strncpy(source.reason, reason, sizeof source.reason - 1);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

/// libpng's state, freed at the end.
struct Reader {
  png_structp png = nullptr;
  png_infop info = nullptr;

  explicit Reader(Source& source) : png(png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, on_error, on_warning)) {
    if (png != nullptr) info = png_create_info_struct(png);
    if (info != nullptr) return;
    png_destroy_read_struct(&png, nullptr, nullptr);
    throw std::bad_alloc();
  }
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
};

/// Reads up to the pixels, which are set to have one of 1, 2, 3 or 4 channels of 8 or 16 bits.
bool read_header(png_structp png, png_infop info, Source& source) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_read_fn(png, &source, read_bytes);
  png_set_user_limits(png, kMaxSide, kMaxSide);
  // The gate has verified the checksums, and does not recompute them for the chunks that it keeps.
  png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
  png_set_option(png, PNG_IGNORE_ADLER32, PNG_OPTION_ON);
  png_read_info(png, info);
  png_set_expand(png);
  png_set_swap(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  return true;
}

bool read_rows(png_structp png, png_bytepp rows) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_read_image(png, rows);
  png_read_end(png, nullptr);
  return true;
}

}  // namespace

Image decode_png_by_libpng(const PngFacts& facts, const std::string& file) {
  Source source{facts.stored.data(), facts.stored.size()};
  const Reader reader(source);
  const auto expect = [&](bool ok) { check(ok, "{}: truncated or damaged image ({})", file, source.reason); };
  expect(read_header(reader.png, reader.info, source));

  const size_t row_bytes = png_get_rowbytes(reader.png, reader.info);
  const int channels = png_get_channels(reader.png, reader.info);
  std::vector<uint16_t> levels((row_bytes * size_t(facts.height) + 1) / 2);  // aligned for either depth
  std::vector<png_bytep> rows;
  for (size_t y = 0; y < size_t(facts.height); ++y)
    rows.push_back(reinterpret_cast<png_bytep>(levels.data()) + y * row_bytes);
  expect(read_rows(reader.png, rows.data()));
  if (facts.depth == 16) return image_of_levels(levels.data(), facts.height, facts.width, channels, 65535);
  return image_of_levels(reinterpret_cast<const uint8_t*>(levels.data()), facts.height, facts.width, channels, 255);
}

std::string libpng_version() { return std::string("libpng ") + png_get_libpng_ver(nullptr); }

}  // namespace tuna
#endif
