// The methods that adapt a classifier without translated images.
#include <array>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/files/safetensors.h"
#include "tests/catch.h"
#include "tests/tools/command.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;

const std::string kSpec =
    " --set domains.source=adult domains.target=child data.manifest=phantoms/manifest.csv data.size=32 "
    "classifier.width=2 pretrain.epochs=1 pretrain.batch=8 train.batch=4 train.steps_per_epoch=4 train.epochs=2 "
    "log.checkpoint_every=3 evaluate.bootstrap=10 ";

/// The lines of metrics.jsonl about the steps of phase "adapt".
std::vector<nlohmann::json> step_lines(const fs::path& run) {
  std::vector<nlohmann::json> found;
  std::istringstream lines(contents(run / "metrics.jsonl"));
  for (std::string line; std::getline(lines, line);)
    if (const auto json = nlohmann::json::parse(line); json["phase"] == "adapt" && json.contains("lr_f"))
      found.push_back(json);
  return found;
}

fs::path checkpoint(const fs::path& run, int64_t step) {
  return run / "checkpoints" / fmt::format("2-adapt-{:08}.safetensors", step);
}

/// Copies a run as if it had been stopped after a step of phase "adapt", resumes it, and compares the results.
void check_resumed(const TemporaryFolder& folder, const std::string& run, int64_t step) {
  const std::string cut = fmt::format("{}-stopped-at-{}", run, step);
  const fs::path newest = checkpoint(folder / cut, step);
  fs::copy(folder / run, folder / cut, fs::copy_options::recursive);
  REQUIRE(fs::exists(newest));
  for (const auto& entry : fs::directory_iterator(folder / cut / "checkpoints"))
    if (entry.path() > newest) fs::remove(entry.path());
  fs::remove(folder / cut / "weights.safetensors");
  fs::remove(folder / cut / "evaluation.json");
  expect_success(folder, "train --resume --out " + cut);
  for (const char* file : {"weights.safetensors", "metrics.jsonl"})
    CHECK(contents(folder / cut / file) == contents(folder / run / file));
}

}  // namespace

TEST_CASE("methods that adapt a classifier are trained, resumed, evaluated and used", "[command_line][method]") {
  const TemporaryFolder folder;
  expect_success(folder, "data phantom --output phantoms --adults 60 --children 60 --size 32");
  const std::vector<std::array<std::string, 3>> methods = {
      {"ada_bn", "AdaBN", ""}, {"adda", "ADDA", ""}, {"dann", "DANN", "reversal_ramp=false "}, {"mcc", "MCC", ""}};
  for (const auto& [method, row, settings] : methods) {
    INFO(method);
    std::ofstream(folder / (method + ".json")) << R"({"method": ")" << method << R"("})";
    expect_success(folder, "train " + method + ".json --out " + method + kSpec + settings);
    const auto evaluation = nlohmann::json::parse(expect_success(folder, "evaluate " + method + " --json").out);
    REQUIRE(evaluation["rows"].size() == 2);
    CHECK(evaluation["rows"][0]["name"] == "NoAdapt");
    CHECK(evaluation["rows"][1]["name"] == row);
    expect_success(folder, "predict " + method + " --input phantoms/child --output " + method + ".csv");

    expect_success(folder, "train " + method + ".json --out half" + method + kSpec + settings + "train.epochs=1");
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

TEST_CASE("ADDA's gate: closed steps are counted, and Adam's steps are the updates made", "[command_line][method]") {
  const TemporaryFolder folder;
  expect_success(folder, "data phantom --output phantoms --adults 60 --children 60 --size 32");
  folder.write("adda.json", R"({"method": "adda"})");
  constexpr double kRate = 0.01, kGate = 0.6;
  const std::string settings =
      kSpec + fmt::format("train.gate={} train.lr={} ", kGate, kRate)
      + "train.lr_d=0.01 train.steps_per_epoch=8 log.every=1 log.checkpoint_every=1 log.keep=100 ";
  expect_success(folder, "train adda.json --out run" + settings);
  const std::vector<nlohmann::json> lines = step_lines(folder / "run");
  REQUIRE(lines.size() == 16);
  int64_t closed = 0, first_update = 0;
  for (const nlohmann::json& line : lines) {
    const bool is_open = line["discriminator_accuracy"].get<double>() > kGate;
    closed += is_open ? 0 : 1;
    if (is_open && first_update == 0) first_update = line["step"].get<int64_t>();
    CHECK(line.value("gated", nlohmann::json::object()).value("optimizer_F", 0) == closed);
    CHECK_FALSE(line.contains("skipped"));
  }
  REQUIRE(closed < 16);
  CHECK_THAT(contents(folder / "run/log.txt"),
             Contains(fmt::format("adapt: optimizer_F made {} updates in 16 steps, as its gate was closed in {}",
                                  16 - closed, closed)));

  // Adam's first update changes a weight by the learning rate; if closed steps counted, it would be more.
  REQUIRE(first_update > 1);
  const auto weights = [&](int64_t step) {
    return SafetensorsFile(checkpoint(folder / "run", step)).values<float>("F_P.conv1.weight");
  };
  const std::vector<float> start = weights(1), before = weights(first_update - 1), after = weights(first_update);
  CHECK(before == start);
  double largest = 0;
  for (size_t i = 0; i < after.size(); ++i)
    largest = std::max(largest, std::fabs(double(after[i]) - double(before[i])));
  CHECK_THAT(largest, WithinRel(kRate, 1e-3));

  check_resumed(folder, "run", first_update - 1);
  check_resumed(folder, "run", first_update + 1);

  // A gate that stays closed is not a divergence.
  const Finished closed_run =
      expect_success(folder, "train adda.json --out closed" + settings + "train.gate=0.999 train.lr_d=1e-9");
  CHECK_THAT(closed_run.error, Contains("warning: adapt: optimizer_F made 0 updates in 16 steps"));
  const SafetensorsFile adapted(folder / "closed/weights.safetensors");
  CHECK(adapted.values<float>("F_P.conv1.weight") == adapted.values<float>("F_A.conv1.weight"));

  for (const std::string precision : {"fp32", "fp16"})
    expect_success(folder, "train adda.json --out emulated-" + precision + settings
                               + "device=emulated precision=" + precision + " train.steps_per_epoch=1");
}

TEST_CASE("DANN's factor rises from 0 over the phase, or is constant", "[command_line][method]") {
  const TemporaryFolder folder;
  expect_success(folder, "data phantom --output phantoms --adults 60 --children 60 --size 32");
  folder.write("dann.json", R"({"method": "dann"})");
  const std::string settings = kSpec + "log.every=1 log.keep=100 reversal=0.5 ";
  expect_success(folder, "train dann.json --out run" + settings);
  std::vector<nlohmann::json> lines = step_lines(folder / "run");
  REQUIRE(lines.size() == 8);
  for (size_t i = 0; i < lines.size(); ++i)
    CHECK_THAT(lines[i]["reversal"].get<double>(),
               WithinAbs(0.5 * (2 / (1 + std::exp(-10 * double(i) / 8)) - 1), 1e-7));
  check_resumed(folder, "run", 3);

  expect_success(folder, "train dann.json --out constant" + settings + "reversal_ramp=false");
  for (const nlohmann::json& line : step_lines(folder / "constant")) CHECK(line["reversal"] == 0.5);
  CHECK(contents(folder / "constant/weights.safetensors") != contents(folder / "run/weights.safetensors"));

  for (const std::string precision : {"fp32", "fp16"})
    expect_success(folder, "train dann.json --out emulated-" + precision + settings
                               + "device=emulated precision=" + precision + " train.steps_per_epoch=2 train.epochs=1");
}

}  // namespace tuna
