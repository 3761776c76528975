// The only file that compiles stb_image.  Its arithmetic on the coded data may overflow, so this file is compiled with
// -fwrapv; and before version 2.28 it shifts zeros by more than the width of their type.
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#include "data/image_limits.h"
#define STBI_MAX_DIMENSIONS tuna::kMaxSide

#include <stb_image.h>

#include <memory>
#include <new>
#include <string_view>

#include "data/decoders.h"
#include "data/image_levels.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

using Levels = std::unique_ptr<void, void (*)(void*)>;

/// `deep`: 16 bits per sample, which only a PNG may have.
Image decode(std::string_view bytes, const std::string& file, bool deep = false) {
  const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
  const int length = int(bytes.size());
  int width = 0, height = 0, channels = 0;
  const Levels levels(deep ? static_cast<void*>(stbi_load_16_from_memory(data, length, &width, &height, &channels, 0))
                           : static_cast<void*>(stbi_load_from_memory(data, length, &width, &height, &channels, 0)),
                      stbi_image_free);
  if (!levels && std::string_view(stbi_failure_reason()) == "outofmem") throw std::bad_alloc();
  check(levels != nullptr, "{}: truncated or damaged image ({})", file, stbi_failure_reason());
  return deep ? image_of_levels(static_cast<const stbi_us*>(levels.get()), height, width, channels, 65535)
              : image_of_levels(static_cast<const stbi_uc*>(levels.get()), height, width, channels, 255);
}

/// With Adobe's segment for CMYK after the marker at the start.
std::string with_adobe_cmyk(std::string_view jpeg) {
  using namespace std::literals;
  return std::string(jpeg.substr(0, 2)) + "\xFF\xEE\0\x0E" "Adobe\0\x64\0\0\0\0\0"s + std::string(jpeg.substr(2));
}

}  // namespace

Image decode_png_by_stb(const PngFacts& facts, const std::string& file) {
  return decode(facts.stored, file, facts.depth == 16);
}

Image decode_jpeg_by_stb(const std::string& bytes, const JpegFacts& facts, const std::string& file) {
  return decode(facts.is_cmyk_without_adobe ? with_adobe_cmyk(bytes) : bytes, file);
}

}  // namespace tuna
