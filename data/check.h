// The report of `tuna data check` on a set of images: its contents, and what would spoil a training run.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "data/manifest.h"

namespace tuna {

/// A problem with one image, or with two that should have nothing in common.
struct Finding {
  std::vector<std::string> paths;
  std::string message;
};

struct DomainReport {
  std::string domain;
  int64_t images = 0, patients = 0;
  std::vector<std::pair<std::string, int64_t>> labels, splits, sizes;  ///< images of each, by name; "(none)" if empty
  int64_t rgb = 0;                                                     ///< images with three channels
  float low = 1, high = 0;  ///< smallest and largest value, as fractions of the files' range
  double filled = 0;        ///< average over the images of largest - smallest
  std::vector<std::string> warnings;
};

struct DataReport {
  std::vector<std::string> warnings, left_out;  ///< of the Listing
  std::vector<DomainReport> domains;            ///< by name
  std::vector<Finding> unreadable;
  std::vector<Finding> flat;        ///< standard deviation under 1 % of the range: instance norm amplifies noise
  std::vector<Finding> duplicates;  ///< the same pixels in two files
  std::vector<Finding> leaks;       ///< a patient, or the same pixels, in two splits
  /// Whether nothing was found that stops a training run or invalidates its results.
  bool ok() const { return unreadable.empty() && leaks.empty(); }
};

/// Decodes every image of the listing, on `threads` threads.
DataReport check_data(const Listing& listing, int threads);

/// Text for the terminal: a paragraph per domain, then the findings.
std::string to_text(const DataReport& report);

/// Bytes of names that are not UTF-8 are as escape_bytes() writes them.
nlohmann::json to_json(const DataReport& report);

}  // namespace tuna
