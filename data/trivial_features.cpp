#include "data/trivial_features.h"

#include <algorithm>
#include <cmath>

#include "data/image_file.h"
#include "engine/base/check.h"
#include "engine/base/reason.h"

namespace tuna {
namespace {

/// Of the pixels of `gray` in the rectangle from (top, left), `height` x `width`.
double mean_of(const Image& gray, int64_t top, int64_t left, int64_t height, int64_t width) {
  double sum = 0;
  for (int64_t y = top; y < top + height; ++y)
    for (int64_t x = left; x < left + width; ++x) sum += gray.at(y, x);
  return sum / double(height * width);
}

double file_size(const Image&, uint64_t bytes) { return double(bytes); }
double width(const Image& gray, uint64_t) { return double(gray.width); }
double height(const Image& gray, uint64_t) { return double(gray.height); }
double aspect_ratio(const Image& gray, uint64_t) { return double(gray.width) / double(gray.height); }

double brightness(const Image& gray, uint64_t) { return mean_of(gray, 0, 0, gray.height, gray.width); }
double contrast(const Image& gray, uint64_t) { return deviation(gray); }

/// Mean length of (difference to the right, difference downwards): sharp or noisy images have a large one.
double mean_gradient(const Image& gray, uint64_t) {
  if (gray.height < 2 || gray.width < 2) return 0;
  double sum = 0;
  for (int64_t y = 0; y + 1 < gray.height; ++y)
    for (int64_t x = 0; x + 1 < gray.width; ++x) {
      const double right = gray.at(y, x + 1) - gray.at(y, x), down = gray.at(y + 1, x) - gray.at(y, x);
      sum += std::sqrt(right * right + down * down);
    }
  return sum / double((gray.height - 1) * (gray.width - 1));
}

/// The fraction of the area that lies in black rows and columns at the edges: those whose mean is under 5 %.
double black_border(const Image& gray, uint64_t) {
  constexpr double kBlack = 0.05;
  const auto black_row = [&](int64_t y) { return mean_of(gray, y, 0, 1, gray.width) < kBlack; };
  const auto black_column = [&](int64_t x) { return mean_of(gray, 0, x, gray.height, 1) < kBlack; };
  int64_t top = 0, bottom = gray.height, left = 0, right = gray.width;
  while (top < bottom && black_row(top)) ++top;
  while (bottom > top && black_row(bottom - 1)) --bottom;
  while (left < right && black_column(left)) ++left;
  while (right > left && black_column(right - 1)) --right;
  return 1 - double((bottom - top) * (right - left)) / double(gray.height * gray.width);
}

/// Mean of four squares with a tenth of the shorter side, where letters and collimators are.
double corner_brightness(const Image& gray, uint64_t) {
  const int64_t side = std::max<int64_t>(1, std::min(gray.height, gray.width) / 10);
  const int64_t bottom = gray.height - side, right = gray.width - side;
  return (mean_of(gray, 0, 0, side, side) + mean_of(gray, 0, right, side, side) + mean_of(gray, bottom, 0, side, side)
          + mean_of(gray, bottom, right, side, side))
         / 4;
}

TrivialFeatureValues measure(const std::filesystem::path& path) {
  try {
    const Image gray = with_channels(read_image(path), 1);
    const uint64_t bytes = std::filesystem::file_size(path);
    std::vector<double> values;
    for (const TrivialFeature& feature : trivial_features()) values.push_back(feature.of(gray, bytes));
    return {values, ""};
  } catch (const Error& error) {
    return {{}, error.what()};
  } catch (const std::exception& error) {
    return {{}, fmt::format("{}: {}", path.string(), reason_of(error))};
  }
}

}  // namespace

const std::vector<TrivialFeature>& trivial_features() {
  static const std::vector<TrivialFeature> features = {
      {"file size", file_size},
      {"width", width},
      {"height", height},
      {"aspect ratio", aspect_ratio},
      {"mean gradient", mean_gradient},
      {"mean brightness", brightness},
      {"contrast", contrast},
      {"black border", black_border},
      {"corner brightness", corner_brightness},
  };
  return features;
}

std::vector<TrivialFeatureValues> measure_trivial_features(const std::vector<Sample>& samples, int threads,
                                                           const ItemsDone& done) {
  std::vector<TrivialFeatureValues> all(samples.size());
  run_on_threads(
      samples.size(), threads, [&](size_t i) { all[i] = measure(samples[i].path); }, done);
  return all;
}

}  // namespace tuna
