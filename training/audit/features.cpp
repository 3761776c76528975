#include "training/audit/features.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <set>

#include "data/trivial_features.h"

namespace tuna {
namespace {

constexpr double kNotGiven = std::numeric_limits<double>::quiet_NaN();

std::optional<double> number_in(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::vector<std::string> texts_of(const std::vector<Sample>& samples, const std::string& column) {
  std::vector<std::string> texts;
  for (const Sample& sample : samples) {
    const auto found = sample.columns.find(column);
    texts.push_back(found == sample.columns.end() ? "" : found->second);
  }
  return texts;
}

void add_column(std::vector<Feature>& features, const std::string& name, const std::vector<std::string>& texts) {
  const auto given = std::count_if(texts.begin(), texts.end(), [](const std::string& text) { return !text.empty(); });
  if (given == 0) return;
  Feature numbers{name, {}, {}};
  for (const std::string& text : texts) {
    const std::optional<double> number = text.empty() ? kNotGiven : number_in(text);
    if (!number) {
      features.push_back({name, {}, texts});
      return;
    }
    numbers.values.push_back(*number);
  }
  features.push_back(numbers);
  if (size_t(given) == texts.size()) return;
  Feature which{name + " given", {}, {}};
  for (const std::string& text : texts) which.values.push_back(text.empty() ? 0 : 1);
  features.push_back(which);
}

}  // namespace

std::vector<Feature> column_features(const std::vector<Sample>& samples) {
  std::set<std::string> columns;
  for (const Sample& sample : samples)
    for (const auto& [name, value] : sample.columns) columns.insert(name);
  std::vector<Feature> features;
  for (const std::string& column : columns) add_column(features, "column " + column, texts_of(samples, column));
  return features;
}

std::vector<Feature> features_of(const std::vector<Sample>& samples, const std::vector<std::vector<double>>& measured) {
  std::vector<Feature> features;
  for (size_t i = 0; i < trivial_features().size(); ++i) {
    features.push_back({trivial_features()[i].name, {}, {}});
    for (const std::vector<double>& values : measured) features.back().values.push_back(values[i]);
  }
  for (Feature& column : column_features(samples)) features.push_back(std::move(column));
  return features;
}

Feature select(const Feature& feature, const std::vector<size_t>& images) {
  Feature selected{feature.name, {}, {}};
  for (const size_t image : images)
    if (feature.is_text())
      selected.texts.push_back(feature.texts[image]);
    else
      selected.values.push_back(feature.values[image]);
  return selected;
}

}  // namespace tuna
