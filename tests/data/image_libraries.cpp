// In a build that decodes by libpng and libjpeg, what they read is compared with what stb_image reads.
#ifdef TUNA_IMAGE_LIBRARIES
// clang-format off
#include <cstdio>  // of which jpeglib.h uses types
#include <jpeglib.h>
// clang-format on

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "data/decoders.h"
#include "data/image_file.h"
#include "tests/catch.h"
#include "tests/data/any_png.h"

namespace tuna {
namespace {

struct Jpeg {
  const char* name;
  int channels;
  J_COLOR_SPACE color, stored;
  int across = 1, down = 1;  // samples of the first component for one of the others
  bool progressive = false, adobe = true;
  int restarts = 0;
};

/// Slopes that differ between channels, with some texture.
std::string encoded(const Jpeg& jpeg, int width, int height) {
  jpeg_compress_struct encoder;
  jpeg_error_mgr errors;
  encoder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&encoder);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&encoder, &bytes, &size);
  encoder.image_width = JDIMENSION(width);
  encoder.image_height = JDIMENSION(height);
  encoder.input_components = jpeg.channels;
  encoder.in_color_space = jpeg.color;
  jpeg_set_defaults(&encoder);
  jpeg_set_colorspace(&encoder, jpeg.stored);
  jpeg_set_quality(&encoder, 90, TRUE);
  encoder.comp_info[0].h_samp_factor = jpeg.across;
  encoder.comp_info[0].v_samp_factor = jpeg.down;
  encoder.restart_interval = unsigned(jpeg.restarts);
  encoder.write_Adobe_marker = jpeg.adobe ? encoder.write_Adobe_marker : FALSE;
  if (jpeg.progressive) jpeg_simple_progression(&encoder);
  jpeg_start_compress(&encoder, TRUE);
  std::vector<JSAMPLE> row(size_t(width * jpeg.channels));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < jpeg.channels; ++c)
        row[size_t(x * jpeg.channels + c)] = JSAMPLE(20 + 2 * x + 2 * y + c * (x + y) / 4 + (x * y) % 7);
    JSAMPROW rows = row.data();
    jpeg_write_scanlines(&encoder, &rows, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  const std::string result(reinterpret_cast<char*>(bytes), size);
  std::free(bytes);
  return result;
}

/// In levels of 255; infinite for other sizes.
float largest_difference(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height || a.channels != b.channels) return INFINITY;
  float largest = 0;
  for (size_t i = 0; i < a.pixels.size(); ++i) largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  return 255 * largest;
}

}  // namespace

TEST_CASE("libpng reads the pixels that stb_image reads", "[image][image_libraries]") {
  for (int kind = 0; kind < 15; ++kind)
    for (const int interlaced : {0, 1})
      for (const int size : {1, 5, 33}) {
        CAPTURE(kind, interlaced, size);
        std::string bytes = bytes_of({size - 1, 16, kind, interlaced, 255, 255});
        for (int i = 0; i < 20000; ++i) bytes += char(i * i * 31 >> 5 & 255);
        const PngFacts facts = check_png(any_png(bytes).bytes, "file");
        const Image expected = decode_png_by_stb(facts, "file"), found = decode_png_by_libpng(facts, "file");
        CHECK(found.width == expected.width);
        CHECK(found.channels == expected.channels);
        CHECK(found.pixels == expected.pixels);
      }
}

TEST_CASE("libjpeg reads the pixels that stb_image reads, within two levels", "[image][image_libraries]") {
  const std::vector<Jpeg> kinds = {
      {"gray", 1, JCS_GRAYSCALE, JCS_GRAYSCALE},
      {"4:4:4", 3, JCS_RGB, JCS_YCbCr},
      {"4:2:2", 3, JCS_RGB, JCS_YCbCr, 2, 1},
      {"4:2:0", 3, JCS_RGB, JCS_YCbCr, 2, 2},
      {"4:4:0", 3, JCS_RGB, JCS_YCbCr, 1, 2},
      {"4:1:1", 3, JCS_RGB, JCS_YCbCr, 4, 1},
      {"progressive", 3, JCS_RGB, JCS_YCbCr, 2, 2, true},
      {"restarts", 3, JCS_RGB, JCS_YCbCr, 2, 2, false, true, 2},
      {"RGB", 3, JCS_RGB, JCS_RGB},
      {"CMYK", 4, JCS_CMYK, JCS_CMYK},
      {"CMYK without Adobe's segment", 4, JCS_CMYK, JCS_CMYK, 1, 1, false, false},
      {"YCCK", 4, JCS_CMYK, JCS_YCCK},
      {"YCCK, progressive", 4, JCS_CMYK, JCS_YCCK, 2, 2, true},
  };
  // Colors of 4 columns and fewer are repeated by libjpeg and interpolated by stb_image.
  for (const Jpeg& kind : kinds)
    for (const auto& [width, height] : {std::pair(8, 8), {33, 17}, {40, 30}, {1, 1}, {5, 50}}) {
      CAPTURE(kind.name, width, height);
      const std::string bytes = encoded(kind, width, height);
      const JpegFacts facts = check_jpeg(bytes, "file");
      CHECK(largest_difference(decode_jpeg_by_stb(bytes, facts, "file"), decode_jpeg_by_libjpeg(bytes, facts, "file"))
            < 2.01f);
    }
}

TEST_CASE("an error of libpng and libjpeg is one with the file's name", "[image][image_libraries]") {
  PngFacts png = check_png(small_png(), "file");
  png.stored.resize(png.stored.size() / 2);
  REQUIRE_THROWS_WITH(decode_png_by_libpng(png, "a.png"), Contains("a.png: truncated or damaged image ("));
  const std::string jpeg = encoded({"gray", 1, JCS_GRAYSCALE, JCS_GRAYSCALE}, 40, 40);
  const JpegFacts facts = check_jpeg(jpeg, "file");
  const std::string half = jpeg.substr(0, jpeg.size() / 2) + "\xFF\xD9";
  REQUIRE_THROWS_WITH(decode_jpeg_by_libjpeg(half, facts, "a.jpg"), Contains("a.jpg: truncated or damaged image ("));
  CHECK_THAT(image_decoders(), Contains("libpng 1.") && Contains("libjpeg"));
}

}  // namespace tuna
#endif
