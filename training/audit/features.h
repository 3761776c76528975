// Values that are known without the content of an image: trivial features, and the other columns of a manifest.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "data/manifest.h"

namespace tuna {

/// One number or one text per image.
struct Feature {
  std::string name;
  std::vector<double> values;      ///< NaN: not given; empty for a text
  std::vector<std::string> texts;  ///< empty for numbers

  bool is_text() const { return !texts.empty(); }
  bool is_given(size_t image) const { return is_text() || !std::isnan(values[image]); }
};

/// The trivial features of the samples, `measured` [samples][trivial_features()], then their manifest's columns.
std::vector<Feature> features_of(const std::vector<Sample>& samples, const std::vector<std::vector<double>>& measured);

/// "column <name>" for each column of the manifest of which any of the samples has a value.  If all values are numbers,
/// so is the feature; a second one, "column <name> given", is 1 or 0 if some of the samples have none.
std::vector<Feature> column_features(const std::vector<Sample>& samples);

/// The same feature of these images.
Feature select(const Feature& feature, const std::vector<size_t>& images);

}  // namespace tuna
