#include "training/report/pictures.h"

#include <fmt/format.h>

#include "data/file.h"
#include "data/png_size.h"
#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "training/report/base64.h"
#include "training/report/html.h"

namespace tuna {
namespace {

constexpr uintmax_t kLargestPicture = 32 << 20;

// Width and height as attributes, so that the page does not move when the picture is decoded.
std::string size_attributes(const std::string& png) {
  const std::optional<PngSize> size = png_size(png);
  return size ? fmt::format(" width=\"{}\" height=\"{}\"", size->width, size->height) : "";
}

}  // namespace

std::string embedded_picture(const std::filesystem::path& file, const std::string& alt) {
  if (!std::filesystem::is_regular_file(file) || std::filesystem::file_size(file) > kLargestPicture) return "";
  const std::string png = read_file(file, kLargestPicture);
  return fmt::format("<img alt=\"{}\"{} src=\"data:image/png;base64,{}\"/>", escape_html(alt), size_attributes(png),
                     base64(png));
}

std::string picture_figure(const RunPicture& picture, const std::string& of) {
  const std::string file = escape_html(picture.file.filename().string());
  const std::string caption = fmt::format(
      "Validation images of both domains after {}: in each block the images themselves, then what the generators "
      "make of them, as named to the left. Texture and outline should become those of the other domain, and signs of "
      "disease should stay.",
      either(picture.step, "1 step", grouped(picture.step) + " steps"));
  const std::string image =
      embedded_picture(picture.file, fmt::format("Validation images and their translations after {} (images/{})",
                                                 counted(picture.step, "step"), picture.file.filename().string()));
  if (image.empty()) return fmt::format("<p>The newest picture, images/{}, is too large for this page.</p>\n", file);
  return fmt::format(
      "<figure id=\"figure-pictures-{}\">\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"Pictures\">{}</div>\n<figcaption>{}</figcaption>\n</figure>\n",
      html_id(of + picture.kind), image, caption);
}

}  // namespace tuna
