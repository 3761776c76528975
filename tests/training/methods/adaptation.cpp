// The methods that adapt a classifier without translated images.
#include <nlohmann/json.hpp>

#include "engine/files/safetensors.h"
#include "tests/catch.h"
#include "tests/tools/command.h"

namespace tuna {
namespace {

const std::string kSpec =
    " --set domains.source=adult domains.target=child data.manifest=phantoms/manifest.csv data.size=32 "
    "classifier.width=2 pretrain.epochs=1 pretrain.batch=8 train.batch=4 train.steps_per_epoch=4 train.epochs=2 "
    "log.checkpoint_every=3 evaluate.bootstrap=10 ";

}  // namespace

TEST_CASE("methods that adapt a classifier are trained, resumed, evaluated and used", "[command_line][method]") {
  const TemporaryFolder folder;
  expect_success(folder, "data phantom --output phantoms --adults 60 --children 60 --size 32");
  const std::vector<std::pair<std::string, std::string>> methods = {
      {"ada_bn", "AdaBN"}, {"adda", "ADDA"}, {"dann", "DANN"}, {"mcc", "MCC"}};
  for (const auto& [method, row] : methods) {
    INFO(method);
    std::ofstream(folder / (method + ".json")) << R"({"method": ")" << method << R"("})";
    expect_success(folder, "train " + method + ".json --out " + method + kSpec);
    const auto evaluation = nlohmann::json::parse(expect_success(folder, "evaluate " + method + " --json").out);
    REQUIRE(evaluation["rows"].size() == 2);
    CHECK(evaluation["rows"][0]["name"] == "NoAdapt");
    CHECK(evaluation["rows"][1]["name"] == row);
    expect_success(folder, "predict " + method + " --input phantoms/child --output " + method + ".csv");

    expect_success(folder, "train " + method + ".json --out half" + method + kSpec + "train.epochs=1");
    CHECK(contents(folder / ("half" + method) / "weights.safetensors")
          != contents(folder / method / "weights.safetensors"));
    expect_success(folder, "train --resume --out half" + method + " --set train.epochs=2");
    CHECK(contents(folder / ("half" + method) / "weights.safetensors")
          == contents(folder / method / "weights.safetensors"));
    expect_success(folder, "graph " + method + ".json --phase adapt" + kSpec);
    expect_success(folder, "train " + method + ".json --out emulated" + method + kSpec
                               + "device=emulated train.steps_per_epoch=1 train.epochs=1");
  }

  // What adapts, and what stays as it was pretrained.
  const auto same = [&](const std::string& method, const std::string& tensor) {
    const SafetensorsFile adapted(folder / method / "weights.safetensors"),
        before(folder / method / "pretrained.safetensors");
    return adapted.values<float>("F_P." + tensor) == before.values<float>("F_A." + tensor);
  };
  for (const char* weight : {"conv1.weight", "layer4.1.bn2.bias", "fc.weight"}) CHECK(same("ada_bn", weight));
  CHECK_FALSE(same("ada_bn", "bn1.running_mean"));
  for (const char* weight : {"fc.weight", "fc.bias", "bn1.running_mean"}) CHECK(same("adda", weight));
  CHECK_FALSE(same("adda", "conv1.weight"));
  for (const char* weight : {"fc.weight", "conv1.weight", "bn1.running_mean"}) CHECK_FALSE(same("dann", weight));
}

}  // namespace tuna
