// The methods with generators that TUNA-Net is compared with, and its ablation c.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "engine/files/safetensors.h"
#include "tests/catch.h"
#include "tests/tools/command.h"
#include "training/methods/method.h"
#include "training/methods/published_results.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;

const std::string kSpec =
    " --set domains.source=adult domains.target=child data.manifest=phantoms/manifest.csv data.size=32 generator.ngf=2 "
    "generator.blocks=1 discriminator.ndf=2 discriminator.layers=2 classifier.width=2 pretrain.epochs=1 "
    "pretrain.batch=8 train.steps_per_epoch=4 train.epochs=1 train.pool=2 log.checkpoint_every=3 log.images_every=4 "
    "evaluate.bootstrap=10 ";

struct Tried {
  std::string method, row;
  std::string settings;                  // of the phases after the joint one
  std::string main, end;                 // the main phase, and the key that lengthens the run
  std::vector<std::string> classifiers;  // of the main phase
};

const std::vector<Tried> kMethods = {
    {"cycle_gan", "Cycle-GAN", "", "translation", "train.decay_epochs", {"F_A"}},
    {"cycada",
     "CyCADA",
     "task.epochs=1 task.batch=8 feature.batch=4 feature.steps_per_epoch=4 ",
     "feature",
     "feature.epochs",
     {"F_AP", "F_P"}},
    {"tuna_net_offline", "c) w/o F_P, offline", "offline.batch=8 ", "offline", "offline.epochs", {"F_P"}}};

/// How many pictures of mistakes show this.
size_t pictures_of(const std::filesystem::path& run, const std::string& what) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(run / "images/mistakes"))
    count += entry.path().filename().string().ends_with(what + ".png");
  return count;
}

}  // namespace

TEST_CASE("the warning of a collapse names the key that differs from what is recommended, or others", "[method]") {
  const auto words = [](const std::vector<std::string>& settings) {
    for (const Phase& phase : phases_without_images(parse_spec("{}", "spec", "", settings)))
      if (phase.name == "joint") return phase.validation->if_collapsed;
    return std::string();
  };
  CHECK_THAT(words({R"(objective.feature.updates=["F_P", "G_AP"])"}),
             Contains(R"(objective.feature.updates = ["G_AP"])") && Contains("train.lr_f (now 0.0001)"));
  CHECK_THAT(words({}), !Contains("objective.feature.updates") && Contains("a smaller train.lr_f (now 0.0001)")
                            && Contains("more pretrain.epochs (now 20)"));
}

TEST_CASE("methods with generators are trained, resumed, evaluated and used", "[command_line][method]") {
  const TemporaryFolder folder;
  expect_success(folder, "data phantom --output phantoms --adults 60 --children 60 --size 32");
  for (const Tried& tried : kMethods) {
    INFO(tried.method);
    const std::string &method = tried.method, spec = method + ".json", half = "half-" + method;
    std::ofstream(folder / spec) << R"({"method": ")" << method << R"("})";
    const std::string settings = kSpec + tried.settings, two = " --set " + tried.end + "=2";
    const std::string one =
        tried.end == "train.decay_epochs" ? tried.end + "=1 " : "train.decay_epochs=1 " + tried.end + "=1 ";
    const std::string whole = settings + one + tried.end + "=2 ";
    expect_success(folder, "train " + spec + " --out " + method + whole);
    const auto evaluation = nlohmann::json::parse(expect_success(folder, "evaluate " + method + " --json").out);
    CHECK(evaluation["rows"].front()["name"] == "NoAdapt");
    CHECK(evaluation["rows"].back()["name"] == tried.row);
    CHECK(pictures_of(folder / method, "grad-cam") > 0);
    CHECK(pictures_of(folder / method, "translated")
          == (method == "cycle_gan" ? pictures_of(folder / method, "grad-cam") : 0));

    expect_success(folder, "train " + spec + " --out " + half + settings + one);
    CHECK(contents(folder / half / "weights.safetensors") != contents(folder / method / "weights.safetensors"));
    expect_success(folder, "train --resume --out " + half + two);
    CHECK(contents(folder / half / "weights.safetensors") == contents(folder / method / "weights.safetensors"));

    for (const std::string& net : tried.classifiers)
      expect_success(
          folder, "predict " + method + " --net " + net + " --input phantoms/child --output " + method + net + ".csv");
    for (const std::string direction : {"source-to-target", "target-to-source"})
      expect_success(folder, "translate " + method + " --direction " + direction + " --input phantoms/adult/0001_0.png"
                                 + " --output " + method + direction);
    expect_success(folder, "graph " + spec + " --phase " + tried.main + settings + one);
    expect_success(folder, "train " + spec + " --out emulated-" + method + settings + one
                               + "device=emulated train.steps_per_epoch=1 "
                               + (method == "cycada" ? "feature.steps_per_epoch=1 " : ""));
    CHECK(contents(folder / ("emulated-" + method) / "log.txt").find("no pictures") == std::string::npos);
  }

  const auto same = [&](const std::string& run, const std::string& file, const std::string& tensor,
                        const std::string& other_file, const std::string& other) {
    return SafetensorsFile(folder / run / file).values<float>(tensor)
           == SafetensorsFile(folder / run / other_file).values<float>(other);
  };
  const char *weights = "weights.safetensors", *pretrained = "pretrained.safetensors";
  for (const std::string value : {"fc.weight", "conv1.weight", "bn1.running_mean"}) {
    INFO(value);
    // F_A stays as it was pretrained, unless Eq. 6 updates it.
    CHECK(same("cycle_gan", weights, "F_A." + value, pretrained, "F_A." + value));
    CHECK(same("cycada", "pixel.safetensors", "F_A." + value, pretrained, "F_A." + value));
    // The task stage trains a copy of it, and the feature stage the encoder of a copy of that.
    CHECK_FALSE(same("cycada", "task.safetensors", "F_AP." + value, pretrained, "F_A." + value));
    CHECK(same("cycada", weights, "F_P." + value, "task.safetensors", "F_AP." + value) == (value != "conv1.weight"));
    CHECK_FALSE(same("tuna_net_offline", weights, "F_P." + value, pretrained, "F_A." + value));
  }
  CHECK_FALSE(same("tuna_net_offline", "joint.safetensors", "F_A.conv1.weight", pretrained, "F_A.conv1.weight"));
  // Later stages keep the generators.
  for (const std::string generator : {"G_AP.model.1.weight", "G_PA.model.1.weight"}) {
    CHECK(same("cycada", weights, generator, "pixel.safetensors", generator));
    CHECK(same("tuna_net_offline", weights, generator, "joint.safetensors", generator));
  }
}

TEST_CASE("CyCADA trains its classifier in the pixel stage, as its authors' code does", "[command_line][method]") {
  const TemporaryFolder folder;
  expect_success(folder, "data phantom --output phantoms --adults 60 --children 60 --size 32");
  folder.write("cycada.json", R"({"method": "cycada", "variant": "official_code"})");
  const std::string settings = kSpec
                               + "train.batch=2 train.decay_epochs=1 train.lr_cls=0.3 task.epochs=1 task.batch=8 "
                                 "feature.batch=4 feature.steps_per_epoch=2 feature.epochs=1 log.every=1 log.keep=100 ";
  expect_success(folder, "train cycada.json --out run" + settings);

  const Spec spec = parse_spec(R"({"method": "cycada", "variant": "official_code"})", "test.json", {}, {});
  for (const WeightsFrom& from : find_phase(phases_without_images(spec), "pixel").start)
    CHECK(from.network != "CLS");  // it learns from scratch

  // The semantic term is off in the first step and after steps in which the loss of CLS was 1 or more.
  std::istringstream metrics(contents(folder / "run/metrics.jsonl"));
  double last = 1;
  std::set<bool> seen;
  for (std::string text; std::getline(metrics, text);) {
    const auto line = nlohmann::json::parse(text);
    if (!line.contains("loss.CLS")) continue;
    INFO(text);
    CHECK((line["loss.semantic"] > 0) == (last < 1));
    seen.insert(last < 1);
    last = line["loss.CLS"];
  }
  CHECK(seen.size() == 2);

  const SafetensorsFile pixel(folder / "run/pixel.safetensors"), pretrained(folder / "run/pretrained.safetensors");
  CHECK(pixel.values<float>("F_A.fc.weight") == pretrained.values<float>("F_A.fc.weight"));
  CHECK(pixel.values<float>("CLS.conv1.weight") != pretrained.values<float>("F_A.conv1.weight"));
  CHECK(pixel.values<float>("CLS.bn1.running_mean") != std::vector<float>(2, 0));

  fs::copy(folder / "run", folder / "cut", fs::copy_options::recursive);
  for (const auto& entry : fs::directory_iterator(folder / "cut/checkpoints"))
    if (entry.path().filename() > "2-pixel-00000003.safetensors") fs::remove(entry.path());
  for (const char* result : {"pixel.safetensors", "task.safetensors", "weights.safetensors", "evaluation.json"})
    fs::remove(folder / "cut" / result);
  expect_success(folder, "train --resume --out cut");
  for (const char* file : {"pixel.safetensors", "weights.safetensors", "metrics.jsonl"})
    CHECK(contents(folder / "cut" / file) == contents(folder / "run" / file));

  expect_success(folder, "train cycada.json --out emulated" + settings
                             + "device=emulated precision=bf16 train.steps_per_epoch=1 feature.steps_per_epoch=1");
}

TEST_CASE("the rows of ablations have the names of Table 1", "[method]") {
  const auto row = [](const std::vector<std::string>& settings) {
    const Spec spec = parse_spec("{}", "test.json", {}, settings);
    return method_of(spec).evaluations(spec).at(1).row;
  };
  const std::string a = "objective.feature.weight=0", b = "objective.classification.reconstruction.weight=0";
  CHECK(row({a, b}) == "w/o feature loss, rec.");
  const std::vector<std::string> rows = {row({}), row({a}), row({b})};
  CHECK(rows == std::vector<std::string>{"TUNA-Net", "a) w/o feature loss", "b) w/o F_A on rec."});
  for (const std::string& name : rows)
    CHECK(std::any_of(published_results().begin(), published_results().end(),
                      [&](const PublishedRow& published) { return published.name == name; }));
}

TEST_CASE("a method has those terms of the objective whose networks it trains", "[spec][method]") {
  const auto terms = [](const std::string& method) {
    std::vector<std::string> names;
    const auto schema = spec_schema(method);
    for (const auto& [name, value] : schema["properties"]["objective"]["properties"].items()) names.push_back(name);
    return names;
  };
  CHECK(terms("cycle_gan") == std::vector<std::string>{"gan", "adversarial", "cycle", "identity"});
  CHECK(terms("cycada") == std::vector<std::string>{"gan", "adversarial", "cycle", "semantic", "identity"});
  CHECK(terms("tuna_net_offline")
        == std::vector<std::string>{"gan", "adversarial", "cycle", "identity", "classification"});
}

}  // namespace tuna
