// Charts as inline SVG.  Their colours are those of the page, by classes (style.h): they follow its theme.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "training/report/axis.h"
#include "training/report/series.h"

namespace tuna {

struct Chart {
  std::string id;                  // of the svg element
  std::string title, description;  // for readers of the page that do not see it
  std::string x_label, y_label;    // the latter stands above its axis
  std::vector<Series> series;
  std::optional<Axis> x, y;          // default: as the points need
  bool diagonal = false;             // from the lower left to the upper right
  bool markers = false;              // a dot at each point
  size_t first_style = 0;            // of the first series; the others have the following ones
  double width = 280, height = 170;  // in the page's pixels, scaled to the room that there is
};

std::string to_svg(const Chart& chart);

/// A list of the series' names, each with a piece of its line.
std::string legend(const Chart& chart);

}  // namespace tuna
