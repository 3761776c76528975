// How an image must be turned to be seen upright: EXIF's tag Orientation, which cameras and scanners write.
#pragma once

#include <string_view>

#include "data/image.h"

namespace tuna {

/// By EXIF's numbers: which side of the scene the first row and the first column of the file show.
enum class Orientation {
  top_left = 1,  ///< upright as it is
  top_right,     ///< mirrored
  bottom_right,  ///< turned by 180 degrees
  bottom_left,   ///< upside down and mirrored
  left_top,      ///< rows and columns exchanged
  right_top,     ///< to be turned clockwise
  right_bottom,  ///< rows and columns exchanged, then turned by 180 degrees
  left_bottom,   ///< to be turned counterclockwise
};

/// The orientation in EXIF data, which begin with their TIFF header: in a JPEG after "Exif\0\0", in a PNG the chunk
/// eXIf.  top_left if it is missing or the data are damaged: they do not concern pixels otherwise.
Orientation exif_orientation(std::string_view tiff);

/// The image as it is to be seen.
Image upright(Image image, Orientation orientation);

}  // namespace tuna
