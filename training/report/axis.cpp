#include "training/report/axis.h"

#include <algorithm>
#include <cmath>

#include "training/report/html.h"

namespace tuna {
namespace {

constexpr double kRounding = 1e-9;                      // of a step
constexpr double kFlat = 1e-3;                          // of the largest value: a smaller range is drawn as a constant
constexpr double kLargest = 1e300, kSmallest = 1e-300;  // of values and ranges, so that sums and steps are finite

// 1, 2 or 5 times a power of ten, at least span / ticks.
double step_for(double span, int ticks) {
  const double least = span / ticks, power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1., 2., 5.})
    if (factor * power >= least * (1 - kRounding)) return factor * power;
  return 10 * power;
}

// Labels from 0.01 to 999999 are printed as they are.
int exponent_for(double low, double high) {
  const double largest = std::max(std::abs(low), std::abs(high));
  if (largest == 0) return 0;
  const int exponent = int(std::floor(std::log10(largest) + kRounding));
  return exponent < -1 || exponent > 5 ? exponent : 0;
}

// Values that are nearly equal get half of them as a margin on either side.
void widen_constant(double& low, double& high) {
  low = std::clamp(low, -kLargest, kLargest);
  high = std::clamp(high, low, kLargest);
  const double largest = std::max(std::abs(low), std::abs(high));
  if (high - low > std::max(kFlat * largest, kSmallest)) return;
  const double margin = largest < kSmallest ? 1 : largest / 2;
  low -= margin;
  high += margin;
}

}  // namespace

std::vector<double> Axis::ticks() const {
  std::vector<double> ticks;
  const double first = std::ceil(low / step - kRounding), last = std::floor(high / step + kRounding);
  for (double i = first; i <= last; ++i) ticks.push_back(i * step);
  return ticks;
}

std::string Axis::tick_label(double tick) const {
  const double unit = std::pow(10, exponent);
  const int places = std::max(0, -int(std::floor(std::log10(step / unit) + kRounding)));
  return places == 0 ? grouped(std::llround(tick / unit)) : decimals(tick / unit, places);
}

Axis axis_of(double low, double high, int ticks) {
  widen_constant(low, high);
  return {low, high, step_for(high - low, ticks), exponent_for(low, high)};
}

Axis axis_from_tick_to_tick(double low, double high, int ticks) {
  widen_constant(low, high);
  if (low > 0 && low < high / 2) low = 0;
  if (high < 0 && high > low / 2) high = 0;
  Axis axis = axis_of(low, high, ticks);
  axis.low = std::floor(axis.low / axis.step + kRounding) * axis.step;
  axis.high = std::ceil(axis.high / axis.step - kRounding) * axis.step;
  axis.exponent = exponent_for(axis.low, axis.high);
  return axis;
}

}  // namespace tuna
