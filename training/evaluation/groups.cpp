#include "training/evaluation/groups.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "engine/base/check.h"
#include "training/evaluation/metrics.h"

namespace tuna {
namespace {

struct Band {
  double from;  // years
  const char* name;
};

constexpr std::array kBands = {Band{0, "0-1"},    Band{2, "2-5"},    Band{6, "6-12"}, Band{13, "13-17"},
                               Band{18, "18-39"}, Band{40, "40-59"}, Band{60, "60+"}};

/// Units in a year: "004Y", "018M", "006W", "030D" are ages in DICOM.
std::optional<double> units_per_year(const std::string& unit) {
  if (unit.empty() || unit == "Y" || unit == "y") return 1;
  if (unit == "M" || unit == "m") return 12;
  if (unit == "W" || unit == "w") return 52.18;
  if (unit == "D" || unit == "d") return 365.25;
  return std::nullopt;
}

std::optional<double> years(const std::string& age) {
  double number = 0;
  const char* end = age.data() + age.size();
  const auto parsed = std::from_chars(age.data(), end, number);
  if (parsed.ec != std::errc() || !(number >= 0)) return std::nullopt;
  const std::optional<double> units = units_per_year(std::string(parsed.ptr, end));
  return units ? std::optional(number / *units) : std::nullopt;
}

/// The position of an age's band in kBands; of other text the end.
size_t band_of(const std::string& age) {
  const std::optional<double> known = years(age);
  if (!known) return kBands.size();
  const auto above = std::find_if(kBands.begin(), kBands.end(), [&](const Band& band) { return band.from > *known; });
  return size_t(above - kBands.begin()) - 1;
}

struct Members {
  std::string value;
  std::vector<size_t> images;
};

/// The images of each value of a column, in the order of the values; empty if no image has one.
std::vector<Members> members_of(const std::vector<Sample>& samples, const std::string& column) {
  std::map<std::pair<size_t, std::string>, std::vector<size_t>> images;  // ages in the order of the bands
  bool has_values = false;
  for (size_t i = 0; i < samples.size(); ++i) {
    const auto found = samples[i].columns.find(column);
    const std::string value = found == samples[i].columns.end() ? "" : found->second;
    has_values |= !value.empty();
    const bool is_age = column == "age" && !value.empty();
    images[{is_age ? band_of(value) : kBands.size(), is_age ? age_band(value) : value}].push_back(i);
  }
  std::vector<Members> all;
  if (has_values)
    for (auto& [key, members] : images) all.push_back({key.second, std::move(members)});
  return all;
}

}  // namespace

std::string age_band(const std::string& age) {
  const size_t band = band_of(age);
  return band == kBands.size() ? age : kBands[band].name;
}

std::vector<Group> groups_of(const Predictions& predictions, const std::vector<Sample>& samples,
                             const std::vector<std::string>& columns, int64_t rounds, uint64_t seed) {
  check(predictions.scores.size() == samples.size(), "groups: {} scores of {} images", predictions.scores.size(),
        samples.size());
  std::vector<Group> groups;
  for (const std::string& column : columns)
    for (const Members& members : members_of(samples, column)) {
      Predictions own;
      for (const size_t image : members.images) {
        own.scores.push_back(predictions.scores[image]);
        own.positive.push_back(predictions.positive[image]);
        own.patients.push_back(samples[image].patient);
      }
      Group group{column,
                  members.value,
                  int64_t(members.images.size()),
                  std::count(own.positive.begin(), own.positive.end(), true),
                  {},
                  {}};
      if (group.positives > 0 && group.positives < group.images) {
        group.auc = auc(own);
        if (rounds > 0) group.interval = bootstrap(own, 0.5, rounds, seed).auc;
      }
      groups.push_back(group);
    }
  return groups;
}

}  // namespace tuna
