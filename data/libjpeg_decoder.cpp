// The only file that includes libjpeg.  libjpeg reports errors by longjmp, which runs no destructors: functions that
// call setjmp therefore have no local objects with destructors.
#ifdef TUNA_IMAGE_LIBRARIES
// clang-format off
#include <cstdio>  // jpeglib.h uses its types
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <csetjmp>
#include <cstring>
#include <vector>

#include "data/decoders.h"
#include "data/image_levels.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

/// libjpeg's state, and where it reports an error to.
struct Reader {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  std::jmp_buf on_error{};
  char reason[JMSG_LENGTH_MAX] = "";

  Reader() {
    jpeg.err = jpeg_std_error(&errors);
    jpeg.client_data = this;
    errors.error_exit = [](j_common_ptr common) { of(common).stop(common); };
    errors.emit_message = [](j_common_ptr common, int level) {
      if (level < 0 && is_damage(common->err->msg_code)) of(common).stop(common);
    };
  }
  ~Reader() { jpeg_destroy_decompress(&jpeg); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

 private:
  static Reader& of(j_common_ptr common) { return *static_cast<Reader*>(common->client_data); }

  /// Warnings after which libjpeg fills in pixels that the file lacks.
  static bool is_damage(int code) {
    return code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE || code == JWRN_MUST_RESYNC || code == JWRN_JPEG_EOF;
  }

  [[noreturn]] void stop(j_common_ptr common) {
    errors.format_message(common, reason);
    std::longjmp(on_error, 1);
  }
};

/// Reads up to the pixels.
bool start(Reader& reader, const std::string& bytes) {
  jpeg_decompress_struct& jpeg = reader.jpeg;
  if (setjmp(reader.on_error)) return false;
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<unsigned long>(bytes.size()));
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = jpeg.num_components == 1 ? JCS_GRAYSCALE : jpeg.num_components == 3 ? JCS_RGB : JCS_CMYK;
  jpeg.dct_method = JDCT_ISLOW;
  jpeg_start_decompress(&jpeg);
  return true;
}

bool read_rows(Reader& reader, uint8_t* levels) {
  jpeg_decompress_struct& jpeg = reader.jpeg;
  if (setjmp(reader.on_error)) return false;
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = levels + size_t(jpeg.output_scanline) * jpeg.output_width * size_t(jpeg.output_components);
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  return true;
}

/// Adobe's cyan, magenta, yellow and black are inverted: 255 is without ink.
std::vector<uint8_t> rgb_of_cmyk(const std::vector<uint8_t>& cmyk) {
  std::vector<uint8_t> rgb(cmyk.size() / 4 * 3);
  for (size_t pixel = 0; pixel < cmyk.size() / 4; ++pixel)
    for (size_t c = 0; c < 3; ++c)
      rgb[3 * pixel + c] = uint8_t((cmyk[4 * pixel + c] * cmyk[4 * pixel + 3] + 127) / 255);
  return rgb;
}

}  // namespace

Image decode_jpeg_by_libjpeg(const std::string& bytes, const JpegFacts& facts, const std::string& file) {
  Reader reader;
  const auto expect = [&](bool ok) { check(ok, "{}: truncated or damaged image ({})", file, reader.reason); };
  expect(start(reader, bytes));
  const int channels = reader.jpeg.output_components;
  std::vector<uint8_t> levels(size_t(facts.height * facts.width) * size_t(channels));
  check(reader.jpeg.output_width == facts.width && reader.jpeg.output_height == facts.height,
        "{}: damaged image: the decoder reads {} x {} pixels, expected {} x {}", file, reader.jpeg.output_width,
        reader.jpeg.output_height, facts.width, facts.height);
  expect(read_rows(reader, levels.data()));
  if (channels == 4) levels = rgb_of_cmyk(levels);
  return image_of_levels(levels.data(), facts.height, facts.width, channels == 4 ? 3 : channels, 255);
}

std::string libjpeg_version() {
#ifdef LIBJPEG_TURBO_VERSION
#define TUNA_TEXT_OF(value) #value
#define TUNA_TEXT(value) TUNA_TEXT_OF(value)
  return "libjpeg-turbo " TUNA_TEXT(LIBJPEG_TURBO_VERSION);
#else
  return "libjpeg";
#endif
}

}  // namespace tuna
#endif
