// Statistics of repeated measurements.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tuna {

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t n = values.size();
  return (values.at((n - 1) / 2) + values[n / 2]) / 2;
}

/// The smallest value that 95 % of all do not exceed (nearest rank).
inline double p95(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.at((95 * values.size() + 99) / 100 - 1);
}

/// (largest - smallest) / median.
inline double spread(const std::vector<double>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const double middle = median(values);
  return middle == 0 ? 0 : (*most - *least) / middle;
}

}  // namespace tuna
