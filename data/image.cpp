#include "data/image.h"

#include <algorithm>
#include <cmath>

#include "engine/base/check.h"

namespace tuna {
namespace {

/// The input pixels along a side that contribute to an output pixel: first, first + 1, ...; weights sum to 1.
struct Taps {
  int64_t first;
  std::vector<float> weights;
};

/// A side that is scaled from `from` pixels to `to`, of which `count` from `first` on are wanted.
struct Scaling {
  int64_t from, to, first, count;
};

std::vector<Taps> triangle_filter(const Scaling& side) {
  const double scale = double(side.from) / double(side.to), radius = std::max(1.0, scale);
  std::vector<Taps> filter;
  for (int64_t i = side.first; i < side.first + side.count; ++i) {
    const double center = (double(i) + 0.5) * scale;
    const int64_t first = std::max<int64_t>(0, int64_t(std::floor(center - radius + 0.5)));
    const int64_t end = std::min<int64_t>(side.from, int64_t(std::floor(center + radius + 0.5)));
    std::vector<double> weights;
    double sum = 0;
    for (int64_t j = first; j < end; ++j) {
      weights.push_back(std::max(0.0, 1 - std::abs(double(j) + 0.5 - center) / radius));
      sum += weights.back();
    }
    Taps taps{first, {}};
    for (const double weight : weights) taps.weights.push_back(float(weight / sum));
    filter.push_back(taps);
  }
  return filter;
}

Image resize_width(const Image& in, const Scaling& side) {
  const std::vector<Taps> filter = triangle_filter(side);
  Image out(in.height, side.count, in.channels);
  for (int64_t y = 0; y < in.height; ++y)
    for (int64_t x = 0; x < side.count; ++x)
      for (int64_t c = 0; c < in.channels; ++c) {
        const Taps& taps = filter[size_t(x)];
        float sum = 0;
        for (size_t k = 0; k < taps.weights.size(); ++k) sum += taps.weights[k] * in.at(y, taps.first + int64_t(k), c);
        out.at(y, x, c) = sum;
      }
  return out;
}

Image resize_height(const Image& in, const Scaling& side) {
  const std::vector<Taps> filter = triangle_filter(side);
  Image out(side.count, in.width, in.channels);
  const int64_t row = in.width * in.channels;
  for (int64_t y = 0; y < side.count; ++y) {
    const Taps& taps = filter[size_t(y)];
    float* to = &out.pixels[size_t(y * row)];
    for (size_t k = 0; k < taps.weights.size(); ++k) {
      const float weight = taps.weights[k];
      const float* from = &in.pixels[size_t((taps.first + int64_t(k)) * row)];
      for (int64_t x = 0; x < row; ++x) to[x] += weight * from[x];
    }
  }
  return out;
}

/// Scales both sides, first the one that leaves fewer pixels for the other: a strip of 60000 x 1 pixels that becomes
/// 512 x 512 must not be 60000 x 512 in between.
Image resize_sides(const Image& image, const Scaling& height, const Scaling& width) {
  if (image.height * width.count <= height.count * image.width)
    return resize_height(resize_width(image, width), height);
  return resize_width(resize_height(image, height), width);
}

/// The value below which `fraction`, 0 to 1, of all values lie (nearest rank).
float percentile(std::vector<float> values, double fraction) {
  const auto nth = values.begin() + std::ptrdiff_t(std::lround(fraction * double(values.size() - 1)));
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

}  // namespace

void paste(const Image& from, Image& to, int64_t top, int64_t left) {
  const int64_t first = std::max<int64_t>(0, -left), end = std::min(from.width, to.width - left);
  for (int64_t y = std::max<int64_t>(0, -top); y < std::min(from.height, to.height - top); ++y)
    std::copy_n(&from.pixels[size_t((y * from.width + first) * from.channels)], (end - first) * from.channels,
                &to.pixels[size_t(((y + top) * to.width + first + left) * to.channels)]);
}

Image with_channels(const Image& image, int64_t channels) {
  check(channels == 1 || channels == 3, "images have 1 or 3 channels, not {}", channels);
  if (channels == image.channels) return image;
  Image out(image.height, image.width, channels);
  for (int64_t y = 0; y < image.height; ++y)
    for (int64_t x = 0; x < image.width; ++x)
      if (channels == 1)
        out.at(y, x) = 0.299f * image.at(y, x, 0) + 0.587f * image.at(y, x, 1) + 0.114f * image.at(y, x, 2);
      else
        for (int64_t c = 0; c < 3; ++c) out.at(y, x, c) = image.at(y, x);
  return out;
}

double deviation(const Image& image) {
  double sum = 0, squares = 0;
  for (const float value : image.pixels) sum += value;
  const double mean = sum / double(image.pixels.size());
  for (const float value : image.pixels) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / double(image.pixels.size()));
}

std::string range_warning(const std::string& domain, double filled, const std::string& remedy) {
  if (filled >= 0.25) return "";
  return fmt::format(
      "domain \"{}\": values fill {:.1f} % of the files' range on average, as 12-bit data in 16-bit files do; if so, "
      "{}",
      domain, filled * 100, remedy);
}

Image map_intensity(Image image, Intensity intensity) {
  float low = 0, high = 1;
  if (intensity == Intensity::percentile) {
    low = percentile(image.pixels, 0.005);
    high = percentile(image.pixels, 0.995);
  } else if (intensity == Intensity::min_max) {
    const auto [smallest, largest] = std::minmax_element(image.pixels.begin(), image.pixels.end());
    low = *smallest;
    high = *largest;
  }
  for (float& value : image.pixels)
    value = high > low ? std::clamp((value - low) / (high - low), 0.0f, 1.0f) * 2 - 1 : 0.0f;
  return image;
}

Image resize(const Image& image, int64_t height, int64_t width) {
  if (height == image.height && width == image.width) return image;
  return resize_sides(image, {image.height, height, 0, height}, {image.width, width, 0, width});
}

Image fit_square(const Image& image, int64_t size, Fit fit) {
  if (fit == Fit::squash) return resize(image, size, size);
  const int64_t side = fit == Fit::pad ? std::max(image.height, image.width) : std::min(image.height, image.width);
  const auto scaled = [&](int64_t length) {
    return std::max<int64_t>(1, std::lround(double(length) * double(size) / double(side)));
  };
  // Only what stays in the square is computed.
  const auto kept = [&](int64_t length) {
    const int64_t whole = scaled(length), count = std::min(whole, size);
    return Scaling{length, whole, (whole - count) / 2, count};
  };
  const Image middle = resize_sides(image, kept(image.height), kept(image.width));
  Image square(size, size, image.channels, -1);
  paste(middle, square, (size - middle.height) / 2, (size - middle.width) / 2);
  return square;
}

Image prepare_image(const Image& image, const ImageFormat& format) {
  return fit_square(map_intensity(with_channels(image, format.channels), format.intensity), format.size, format.fit);
}

}  // namespace tuna
