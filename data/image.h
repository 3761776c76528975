// Images, made ready for the networks: gray or RGB, in [-1, 1], square.
//
// The order is always the same: decode, channels, intensity, fit.  So intensity limits are those of the original
// pixels, and caching does not change an image.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/atomic_file.h"
#include "engine/base/fields.h"

namespace tuna {

/// pixels: [height, width, channels], channels 1 or 3.
struct Image {
  int64_t height = 0, width = 0, channels = 0;
  std::vector<float> pixels;

  Image() = default;
  Image(int64_t h, int64_t w, int64_t c, float value = 0)
      : height(h), width(w), channels(c), pixels(size_t(h * w * c), value) {}

  float& at(int64_t y, int64_t x, int64_t c = 0) { return pixels[size_t((y * width + x) * channels + c)]; }
  float at(int64_t y, int64_t x, int64_t c = 0) const { return pixels[size_t((y * width + x) * channels + c)]; }
};

/// Which values map to -1 and 1.
enum class Intensity {
  bit_depth,   ///< black and white of the file's bit depth
  percentile,  ///< the 0.5 and 99.5 percentiles of the image's values; what lies outside is clamped
  min_max,     ///< the smallest and the largest value of the image
};

/// How an image of any shape becomes square.
enum class Fit {
  squash,       ///< both sides are scaled to `size`
  pad,          ///< the longer side is scaled to `size`, the rest is black on both sides
  center_crop,  ///< the shorter side is scaled to `size`, the middle of the longer one is kept
};

struct ImageFormat {
  int64_t size = 512;
  int64_t channels = 1;
  Intensity intensity = Intensity::bit_depth;
  Fit fit = Fit::squash;

  template <class Fields>
  void fields(Fields& field) {
    field("size", size, "Pixels on a side of every image, a multiple of 4.", closed(8, 4096));
    field("channels", channels, "1: gray. 3: RGB.", OneOf<int64_t>{{1, 3}});
    field("intensity", intensity,
          "What becomes black and white: the ends of the file's bit depth, the 0.5 and 99.5 percentiles of each image, "
          "or each image's smallest and largest value.",
          Choices<Intensity>{{{"bit_depth", Intensity::bit_depth},
                              {"percentile", Intensity::percentile},
                              {"min_max", Intensity::min_max}}});
    field("fit", fit,
          "How an image becomes square: both sides scaled, black borders added, or the middle of the longer side kept.",
          Choices<Fit>{{{"squash", Fit::squash}, {"pad", Fit::pad}, {"center_crop", Fit::center_crop}}});
  }
  bool operator==(const ImageFormat&) const = default;
};

/// Gray is 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, as Pillow and CycleGAN); RGB of a gray image repeats it.
Image with_channels(const Image& image, int64_t channels);

/// Standard deviation of an image's values.
double deviation(const Image& image);

/// Standard deviation, as a fraction of the range, below which an image counts as flat: instance norm amplifies its
/// noise to full contrast.
constexpr double kFlat = 0.01;

/// The remedy for low-contrast images before training.
constexpr const char* kSetIntensity = "set data.intensity to percentile or min_max";

/// A warning if the images of a domain fill less than a quarter of their files' range, as 12-bit data in 16-bit files
/// do, else empty.  `filled`: largest - smallest value, as a fraction of the range, on average.  `remedy` ends it.
std::string range_warning(const std::string& domain, double filled, const std::string& remedy = kSetIntensity);

/// From [0, 1] to [-1, 1].  An image of one value becomes 0, except by bit depth.
Image map_intensity(Image image, Intensity intensity);

/// Triangle filter, as Pillow's BILINEAR: bilinear if a side grows; if it shrinks the filter widens with the scale, so
/// that every input pixel contributes and fine texture does not alias.
Image resize(const Image& image, int64_t height, int64_t width);

/// Copies `from` into `to` with its top left corner at (top, left) of `to`; what lies outside is dropped.
void paste(const Image& from, Image& to, int64_t top, int64_t left);

/// To size x size; what `pad` adds is -1.
Image fit_square(const Image& image, int64_t size, Fit fit);

/// with_channels, map_intensity and fit_square of an image from read_image.
Image prepare_image(const Image& image, const ImageFormat& format);

/// An 8-bit PNG of an image in [-1, 1]; values outside are clamped.
void write_png(const std::filesystem::path& path, const Image& image, Durable durable = Durable::no);

}  // namespace tuna
