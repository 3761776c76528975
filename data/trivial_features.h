// Numbers of an image that are unrelated to a disease, such as the size of its file.  If one of them separates the
// classes, a classifier can learn it instead of the disease.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data/image.h"
#include "data/manifest.h"
#include "data/on_threads.h"

namespace tuna {

struct TrivialFeature {
  std::string name;
  /// Of a gray image [H, W, 1] in [0, 1] at its original size, and the size of its file.
  double (*of)(const Image& gray, uint64_t bytes);
};

/// A feature is one entry of the list in trivial_features.cpp.
const std::vector<TrivialFeature>& trivial_features();

struct TrivialFeatureValues {
  std::vector<double> values;  ///< in the order of trivial_features()
  std::string error;           ///< why the image cannot be read, with its path; then there are no values
};

/// Of each sample's file, on `threads` threads.
std::vector<TrivialFeatureValues> measure_trivial_features(const std::vector<Sample>& samples, int threads,
                                                           const ItemsDone& done = {});

}  // namespace tuna
