#include "training/evaluation/mistakes.h"

#include <nlohmann/json.hpp>

#include "tests/catch.h"

namespace tuna {
namespace {

Spec three_classes() {
  Spec spec;
  spec.classes = {"normal", "flu", "pneumonia"};
  spec.positive = "pneumonia";
  return spec;
}

std::vector<std::string> paths_of(const std::vector<Mistake>& mistakes) {
  std::vector<std::string> paths;
  for (const Mistake& mistake : mistakes) paths.push_back(mistake.sample.path.string());
  return paths;
}

}  // namespace

TEST_CASE("the worst mistakes are those furthest on the wrong side of the threshold", "[evaluation]") {
  Probabilities probabilities{3, {}};
  std::vector<Sample> samples;
  const auto add = [&](const std::string& path, const std::string& label, double positive, double flu = 0) {
    samples.push_back({"/data/" + path, "child", label, path, "test"});
    probabilities.values.insert(probabilities.values.end(), {1 - positive - flu, flu, positive});
  };
  add("right", "pneumonia", 0.4);  // the threshold itself is positive
  add("also right", "flu", 0.1);   // normal, and neither is the positive class
  add("missed", "pneumonia", 0.39);
  add("missed more", "pneumonia", 0.2, 0.7);
  for (const char* path : {"a", "b", "c"}) add(path, "normal", 0.9);
  add("d", "flu", 0.95);
  add("e", "normal", 0.5);

  const Mistakes mistakes = worst_mistakes(probabilities, samples, 0.4, three_classes());
  CHECK(paths_of(mistakes.false_negatives) == std::vector<std::string>{"/data/missed more", "/data/missed"});
  CHECK(mistakes.false_negatives[0].predicted == "flu");
  CHECK(mistakes.false_negatives[1].predicted == "normal");
  CHECK(paths_of(mistakes.false_positives) == std::vector<std::string>{"/data/d", "/data/a", "/data/b", "/data/c"});
  CHECK(mistakes.false_positives[1].score == 0.9);

  const nlohmann::json json = to_json(mistakes, "/data");
  CHECK(json["false_negatives"][0]
        == nlohmann::json({{"path", "missed more"}, {"label", "pneumonia"}, {"predicted", "flu"}, {"score", 0.2}}));
  CHECK(json["false_positives"].size() == kMostMistakes);
}

}  // namespace tuna
