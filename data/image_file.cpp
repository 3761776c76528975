#include "data/image_file.h"

#include <algorithm>
#include <cctype>
#include <new>

#include "data/decoders.h"
#include "data/file.h"
#include "data/image_limits.h"
#include "data/orientation.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

bool is_png(std::string_view bytes) { return bytes.starts_with("\x89PNG"); }
bool is_jpeg(std::string_view bytes) { return bytes.starts_with("\xFF\xD8"); }

Image decode_png(const std::string& bytes, const std::string& file) {
  const PngFacts facts = check_png(bytes, file);
#ifdef TUNA_IMAGE_LIBRARIES
  return upright(decode_png_by_libpng(facts, file), facts.orientation);
#else
  return upright(decode_png_by_stb(facts, file), facts.orientation);
#endif
}

Image decode_jpeg(const std::string& bytes, const std::string& file) {
  const JpegFacts facts = check_jpeg(bytes, file);
#ifdef TUNA_IMAGE_LIBRARIES
  return upright(decode_jpeg_by_libjpeg(bytes, facts, file), facts.orientation);
#else
  return upright(decode_jpeg_by_stb(bytes, facts, file), facts.orientation);
#endif
}

}  // namespace

const std::vector<FileFormat>& file_formats() {
  static const std::vector<FileFormat> formats = {
      {"PNG", {".png"}, is_png, decode_png},
      {"JPEG", {".jpg", ".jpeg"}, is_jpeg, decode_jpeg},
  };
  return formats;
}

std::string file_format_names() {
  std::string names;
  for (const FileFormat& format : file_formats()) {
    const bool last = &format == &file_formats().back();
    names += (names.empty() ? "" : last ? " or " : ", ") + format.name;
  }
  return names;
}

std::string image_decoders() {
#ifdef TUNA_IMAGE_LIBRARIES
  return libpng_version() + ", " + libjpeg_version();
#else
  return "stb_image " TUNA_STB_VERSION;
#endif
}

bool has_image_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  const auto has = [&](const FileFormat& format) {
    return std::count(format.extensions.begin(), format.extensions.end(), extension) > 0;
  };
  return std::any_of(file_formats().begin(), file_formats().end(), has);
}

const FileFormat* file_format(std::string_view bytes) {
  for (const FileFormat& format : file_formats())
    if (format.recognises(bytes)) return &format;
  return nullptr;
}

Image decode_image(const std::string& bytes, const std::string& file) {
  const FileFormat* format = file_format(bytes);
  check(format != nullptr, "{}: not a {} image", file, file_format_names());
  try {
    return format->decode(bytes, file);
  } catch (const std::bad_alloc&) {
    fail("{}: not enough memory to decode the image", file);
  }
}

Image read_image(const std::filesystem::path& path) {
  return decode_image(read_file(path, kMaxFileBytes), path.string());
}

}  // namespace tuna
