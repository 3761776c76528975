#include "training/report/pictures.h"

#include <fmt/format.h>

#include "data/file.h"
#include "data/png_size.h"
#include "engine/base/check.h"
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

std::string picture_figure(const RunPicture& picture, const std::string& of) {
  const std::string file = escape_html(picture.file.filename().string());
  const std::string caption = fmt::format(
      "Validation images of both domains after {} steps: in each block the images themselves, then what the generators "
      "make of them, as named to the left. Texture and outline should become those of the other domain, and signs of "
      "disease should stay.",
      grouped(picture.step));
  if (std::filesystem::file_size(picture.file) > kLargestPicture)
    return fmt::format("<p>The newest picture, images/{}, is too large for this page.</p>\n", file);
  const std::string png = read_file(picture.file, kLargestPicture);
  return fmt::format(
      "<figure id=\"figure-pictures-{}\">\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"Pictures\"><img alt=\"Validation images and their translations after {} steps "
      "(images/{})\"{} src=\"data:image/png;base64,{}\"/></div>\n<figcaption>{}</figcaption>\n</figure>\n",
      html_id(of + picture.kind), picture.step, file, size_attributes(png), base64(png), caption);
}

}  // namespace tuna
