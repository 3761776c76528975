#include "training/evaluation/decision.h"

#include "tests/catch.h"
#include "tests/temporary_folder.h"
#include "training/evaluation/threshold_file.h"

namespace tuna {

TEST_CASE("a class follows from a threshold, or is the most probable one", "[decision]") {
  Spec spec;
  spec.classes = {"normal", "flu", "pneumonia"};
  spec.positive = "pneumonia";
  const Probabilities probabilities{3, {0.2, 0.45, 0.35, 0.3, 0.1, 0.6}};
  CHECK(score(probabilities, 1, spec) == 0.6);
  CHECK(decide(probabilities, 0, std::nullopt, spec) == "flu");
  CHECK(decide(probabilities, 0, 0.35, spec) == "pneumonia");  // the threshold itself is positive
  CHECK(decide(probabilities, 0, 0.36, spec) == "flu");
  CHECK(decide(probabilities, 1, std::nullopt, spec) == "pneumonia");
  CHECK(decide(probabilities, 1, 0.61, spec) == "normal");  // of the others the most probable
}

TEST_CASE("a threshold is read from an evaluation, and is not one that target labels chose", "[decision]") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& text) { return threshold_in(folder.write("e.json", text), "F_P"); };
  const std::string of_target = R"({"uses_target_labels": true, "threshold": 0.9})",
                    of_source = R"({"uses_target_labels": false, "threshold": 0.123456789012345})";
  CHECK(read(R"({"rows": [{"net": "F_A", "thresholds": [{"uses_target_labels": false, "threshold": 0.1}]},
                          {"net": "F_P", "thresholds": [)"
             + of_target + "," + of_source + "]}]}")
        == 0.123456789012345);
  for (const std::string& text : {std::string("{}"), std::string(R"({"rows": [3]})"), std::string(R"({"rows": []})"),
                                  R"({"rows": [{"net": "F_P", "thresholds": [)" + of_target + "]}]}"})
    REQUIRE_THROWS_WITH(read(text), Contains("e.json: holds no threshold of F_P that was chosen on source validation"));
  for (const char* text : {"", "no JSON", "[]", "3"})
    REQUIRE_THROWS_WITH(read(text), Contains("e.json: is not a JSON object, expected an evaluation.json"));
  for (const char* threshold : {"17", "-0.1", "1e300"})
    REQUIRE_THROWS_WITH(
        read(fmt::format(
            R"({{"rows": [{{"net": "F_P", "thresholds": [{{"uses_target_labels": false, "threshold": {}}}]}}]}})",
            threshold)),
        Contains("e.json: the threshold of F_P is ") && Contains("expected a probability"));
}

}  // namespace tuna
