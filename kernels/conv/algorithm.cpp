#include "kernels/conv/algorithm.h"

#include <algorithm>

namespace tuna {

const ConvAlgorithm* find_algorithm(const ConvAlgorithms& algorithms, const std::string& name) {
  const auto found =
      std::find_if(algorithms.begin(), algorithms.end(), [&](const ConvAlgorithm& each) { return each.name == name; });
  return found == algorithms.end() ? nullptr : &*found;
}

std::string names_of(const ConvAlgorithms& algorithms) {
  std::vector<const char*> names;
  for (const ConvAlgorithm& each : algorithms) names.push_back(each.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace tuna
