#include "data/sampler.h"

#include <algorithm>
#include <set>

#include "tests/catch.h"

namespace tuna {
namespace {

std::vector<int64_t> taken(Sampler& sampler, int64_t from, int64_t count) {
  std::vector<int64_t> samples;
  for (int64_t i = 0; i < count; ++i) samples.push_back(sampler.at(from + i));
  return samples;
}

}  // namespace

TEST_CASE("class fractions hold in each pass, and all samples of a class are taken in turn", "[loader]") {
  const std::vector<int32_t> labels = {0, 1, 0, 1, 0, 1, 0, 1, 0, 0};  // 6 and 4
  Sampler sampler(labels, {0.2, 0.8}, 5, "adult");
  std::vector<int64_t> times(labels.size());
  for (int64_t pass = 0; pass < 30; ++pass) {
    const std::vector<int64_t> samples = taken(sampler, pass * 10, 10);
    CHECK(std::count_if(samples.begin(), samples.end(), [&](int64_t i) { return labels[size_t(i)] == 1; }) == 8);
    for (const int64_t sample : samples) ++times[size_t(sample)];
  }
  for (size_t i = 0; i < labels.size(); ++i) CHECK(times[i] == (labels[i] == 1 ? 60 : 10));

  Sampler again(labels, {0.2, 0.8}, 5, "adult"), other(labels, {0.2, 0.8}, 6, "adult");
  CHECK(taken(again, 137, 20) == taken(sampler, 137, 20));  // any position, without those before it
  CHECK(taken(other, 0, 50) != taken(sampler, 0, 50));
}

TEST_CASE("without class fractions each pass has every sample once", "[loader]") {
  Sampler sampler({0, 1, 0, 1, 1}, {}, 5, "adult");
  for (int64_t pass = 0; pass < 6; ++pass) {
    const std::vector<int64_t> samples = taken(sampler, pass * 5, 5);
    CHECK(std::set<int64_t>(samples.begin(), samples.end()).size() == 5);
  }
}

TEST_CASE("counts by largest remainders", "[loader]") {
  CHECK(counts_of({0.5, 0.5}, 7) == std::vector<int64_t>{4, 3});
  CHECK(counts_of({0.1, 0.25, 0.65}, 10) == std::vector<int64_t>{1, 3, 6});
  CHECK(counts_of({1, 0}, 3) == std::vector<int64_t>{3, 0});
  CHECK(counts_of({}, 3).empty());
  CHECK_THROWS_WITH(Sampler({0, 0}, {0.5, 0.5}, 1, "adult"), Contains("loader \"adult\": no images of class 1"));
}

}  // namespace tuna
