// The method "classifier": a second method shows that training, evaluation and commands do not depend on one method.
#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/tools/command.h"
#include "training/spec/spec.h"

namespace tuna {
namespace {

const std::string kSmall =
    " --set data.manifest=phantoms/manifest.csv data.size=16 classifier.width=2 train.batch=8 train.epochs=2 "
    "evaluate.bootstrap=10 ";
const std::string kTrain = "train " TUNA_SOURCE_DIR "/specs/classifier.json --out ";

}  // namespace

TEST_CASE("a classifier of one domain is trained, resumed, evaluated and used", "[command_line][method]") {
  const TemporaryFolder folder;
  expect_success(folder, "data phantom --output phantoms --adults 100 --children 100 --size 16");
  for (const std::string domain : {"source", "target"}) {
    INFO(domain);
    expect_success(folder, kTrain + domain + kSmall + "trained_on=" + domain);
    const auto evaluation = nlohmann::json::parse(expect_success(folder, "evaluate " + domain + " --json").out);
    REQUIRE(evaluation["rows"].size() == 1);
    CHECK(evaluation["rows"][0]["name"] == (domain == "source" ? "NoAdapt" : "Supervised"));
    expect_success(folder, "predict " + domain + " --input phantoms/child --output " + domain + ".csv");
    CHECK(std::filesystem::exists(folder / (domain + ".csv")));
  }
  CHECK(contents(folder / "source.csv") != contents(folder / "target.csv"));

  expect_success(folder, kTrain + "half" + kSmall + "train.epochs=1");
  CHECK(contents(folder / "half/weights.safetensors") != contents(folder / "source/weights.safetensors"));
  expect_success(folder, "train --resume --out half --set train.epochs=2");
  CHECK(contents(folder / "half/weights.safetensors") == contents(folder / "source/weights.safetensors"));
  CHECK(contents(folder / "half/checkpoints/1-train-00000018.safetensors").size() > 0);

  expect_success(folder, "graph " TUNA_SOURCE_DIR "/specs/classifier.json");
  expect_success(folder, "bench step --spec " TUNA_SOURCE_DIR "/specs/classifier.json --steps 1 --set train.batch=2");
  check_refused(folder, {{"translate source --direction source-to-target --input phantoms/adult --output x",
                          "method: classifier has no generator for this direction"},
                         {"graph " TUNA_SOURCE_DIR "/specs/classifier.json --phase joint",
                          "phase \"joint\" does not exist; the phases are train"}});
}

TEST_CASE("a method has the sections that it brings, and no others", "[spec][method]") {
  const auto refusal = [](const std::string& text) {
    try {
      parse_spec(text, "test.json");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(refusal(R"({"method": "classifier", "trained_on": "target"})").empty());
  CHECK_THAT(refusal(R"({"method": "classifier", "generator": {"ngf": 4}})"), Contains("generator: no such key"));
  CHECK_THAT(refusal(R"({"trained_on": "target"})"), Contains("trained_on: no such key"));
  CHECK(parse_spec("{}", "test.json", {}, {"method=classifier"}).method == "classifier");
  for (const std::string& method : method_names()) {
    const Spec defaults(method);
    CHECK(parse_spec(to_json(defaults), "test.json") == defaults);
  }
}

}  // namespace tuna
