#include "training/run/phase_pictures.h"

#include "tests/catch.h"

namespace tuna {
namespace {

std::vector<Sample> samples_of(const std::vector<std::pair<std::string, int>>& labels) {
  std::vector<Sample> samples;
  for (const auto& [label, count] : labels)
    for (int i = 0; i < count; ++i) {
      samples.emplace_back();
      samples.back().label = label;
      samples.back().path = fmt::format("{}{}", label, i);
    }
  return samples;
}

std::vector<std::string> files_of(const std::vector<Sample>& samples) {
  std::vector<std::string> files;
  for (const Sample& sample : samples) files.push_back(sample.path.string());
  return files;
}

}  // namespace

TEST_CASE("pictures show each class, however few samples it has", "[pictures]") {
  using Files = std::vector<std::string>;
  CHECK(files_of(examples_of_labels(samples_of({{"p", 90}, {"n", 8}}), 4)) == Files{"n2", "n6", "p22", "p67"});
  CHECK(files_of(examples_of_labels(samples_of({{"n", 20}, {"p", 1}}), 4)) == Files{"n3", "n10", "n16", "p0"});
  CHECK(files_of(examples_of_labels(samples_of({{"", 3}}), 4)) == Files{"0", "1", "2"});
  CHECK(files_of(examples_of_labels(samples_of({{"a", 9}, {"b", 9}, {"c", 9}}), 2)) == Files{"a4", "b4"});
  CHECK(examples_of_labels({}, 4).empty());
}

}  // namespace tuna
