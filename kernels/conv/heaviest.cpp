#include "kernels/conv/heaviest.h"

#include <algorithm>

namespace tuna {
namespace {

double least_seconds(const ConvStep& step, const MachineLimits& limits) {
  double bytes = double(step.out().bytes());
  for (const Type& type : step.in()) bytes += double(type.bytes());
  return limits.seconds(step.problem.flops(), bytes);
}

}  // namespace

std::vector<WeighedConvolution> heaviest_first(const Program& program, Precision precision,
                                               const MachineLimits& limits) {
  std::map<std::string, WeighedConvolution> by_key;
  for (const ConvStep& step : convolutions_of(program)) {
    const std::string key = conv_key(step.direction, step.problem, precision);
    WeighedConvolution& convolution = by_key.try_emplace(key, WeighedConvolution{key, step, 0, 0}).first->second;
    ++convolution.count;
    convolution.seconds += least_seconds(step, limits);
  }
  std::vector<WeighedConvolution> all;
  for (const auto& [key, convolution] : by_key) all.push_back(convolution);
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  return all;
}

}  // namespace tuna
