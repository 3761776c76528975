#include "data/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/check.h"
#include "engine/base/random.h"

namespace tuna {

int64_t ShuffledPasses::at(int64_t position) { return (*permutation(position / count_))[size_t(position % count_)]; }

ShuffledPasses::Permutation ShuffledPasses::permutation(int64_t pass) {
  const std::lock_guard lock(mutex_);
  Permutation& kept = kept_[pass];
  if (!kept) {
    std::vector<int64_t> order(static_cast<size_t>(count_));
    std::iota(order.begin(), order.end(), 0);
    Random(seed_, stream_ + "/order", uint32_t(pass)).shuffle(order);
    kept = std::make_shared<const std::vector<int64_t>>(std::move(order));
  }
  const Permutation found = kept;
  if (kept_.size() > 4) kept_.erase(kept_.begin());
  return found;
}

std::vector<int64_t> counts_of(const std::vector<double>& fractions, int64_t total) {
  std::vector<int64_t> counts;
  std::vector<std::pair<double, size_t>> remainders;  // negative, so that the largest come first
  int64_t left = total;
  for (size_t label = 0; label < fractions.size(); ++label) {
    const double exact = fractions[label] * double(total);
    counts.push_back(int64_t(std::floor(exact)));
    remainders.emplace_back(double(counts.back()) - exact, label);
    left -= counts.back();
  }
  std::sort(remainders.begin(), remainders.end());
  for (size_t i = 0; i < remainders.size() && left > 0; ++i, --left) ++counts[remainders[i].second];
  return counts;
}

Sampler::Sampler(const std::vector<int32_t>& labels, const std::vector<double>& fractions, uint64_t seed,
                 const std::string& stream)
    : count_(int64_t(labels.size())), passes_(count_, seed, stream) {
  const std::vector<int64_t> counts = counts_of(fractions, count_);
  int64_t first = 0;
  for (size_t label = 0; label < counts.size(); ++label) {
    if (counts[label] == 0) continue;
    std::vector<int64_t> samples;
    for (int64_t i = 0; i < count_; ++i)
      if (labels[size_t(i)] == int32_t(label)) samples.push_back(i);
    check(!samples.empty(), "loader \"{}\": no images of class {}, of which a fraction of {} is wanted", stream, label,
          fractions[label]);
    const auto size = int64_t(samples.size());
    strata_.push_back(std::unique_ptr<Stratum>(new Stratum{
        first, counts[label], std::move(samples), {size, seed, fmt::format("{}/class {}", stream, label)}}));
    first += counts[label];
  }
}

int64_t Sampler::at(int64_t position) {
  const int64_t place = passes_.at(position);
  for (const auto& stratum : strata_)
    if (place < stratum->first + stratum->count)
      return stratum->samples[size_t(stratum->order.at(position / count_ * stratum->count + place - stratum->first))];
  return place;
}

}  // namespace tuna
