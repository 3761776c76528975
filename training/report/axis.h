// The scale of a chart's axis: its range and its ticks.
#pragma once

#include <string>
#include <vector>

namespace tuna {

struct Axis {
  double low = 0, high = 1;
  double step = 0.5;
  int exponent = 0;  // tick labels are in units of 10^exponent

  /// Multiples of `step` in the range.
  std::vector<double> ticks() const;
  std::string tick_label(double tick) const;

  /// Where a value lies: 0 at `low`, 1 at `high`.
  double position(double value) const { return (value - low) / (high - low); }
};

/// An axis for finite values from `low` to `high`, with about `ticks` ticks at 1, 2 or 5 times a power of ten.  The
/// range ends at ticks, and begins at 0 if the values are positive and would otherwise leave less than half of it out.
Axis axis_from_tick_to_tick(double low, double high, int ticks);

/// An axis whose range is exactly this one.
Axis axis_of(double low, double high, int ticks);

}  // namespace tuna
