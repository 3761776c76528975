// Decoders of files that passed a gate (data/png_gate.h, data/jpeg_gate.h).  They do not turn images upright.  Throw
// Error that begins with `file`.
#pragma once

#include <string>

#include "data/image.h"
#include "data/jpeg_gate.h"
#include "data/png_gate.h"

namespace tuna {

Image decode_png_by_stb(const PngFacts& facts, const std::string& file);
Image decode_jpeg_by_stb(const std::string& bytes, const JpegFacts& facts, const std::string& file);

#ifdef TUNA_IMAGE_LIBRARIES
Image decode_png_by_libpng(const PngFacts& facts, const std::string& file);
Image decode_jpeg_by_libjpeg(const std::string& bytes, const JpegFacts& facts, const std::string& file);
std::string libpng_version();   // "libpng 1.6.39"
std::string libjpeg_version();  // "libjpeg-turbo 2.1.5"
#endif

}  // namespace tuna
