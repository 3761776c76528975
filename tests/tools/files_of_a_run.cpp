// What a run leaves in its folder, and docs/training.md lists.
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "kernels/conv/tuning.h"
#include "tests/catch.h"
#include "tests/tools/command.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

Names lines_of(const std::string& text) {
  Names lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.insert(line);
  return lines;
}

/// The names in the first column of the table below the heading.
Names documented() {
  const std::string page = contents(TUNA_SOURCE_DIR "/docs/training.md");
  const size_t begin = page.find("## What a run writes"), end = page.find("\n## ", begin + 1);
  const std::string section = page.substr(begin, end - begin);
  const std::regex row("\n\\| `([^`]+)` \\|");
  Names names;
  for (std::sregex_iterator at(section.begin(), section.end(), row), last; at != last; ++at) names.insert((*at)[1]);
  return names;
}

/// Files, and folders with a slash.
Names in(const fs::path& folder) {
  Names names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.insert(entry.path().filename().string() + (entry.is_directory() ? "/" : ""));
  return names;
}

Names files_below(const fs::path& folder) {
  Names names;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) names.insert(entry.path().lexically_relative(folder).string());
  return names;
}

}  // namespace

TEST_CASE("a run leaves what its documentation lists, and counts epochs from 1", "[command_line][run]") {
  const TemporaryFolder folder;
  REQUIRE(run_tuna(folder, "data phantom --output phantoms --adults 50 --children 50 --size 32").code == 0);
  ConvChoices none;
  none.place = tuning_place(Device::cpu());
  folder.write("tuning.json", tuning_json(none));
  const Finished trained =
      run_tuna(folder, "train " + kTinySpec + " --out run --profile --tuning tuning.json --device cpu --set log.every=1 "
                       "data.manifest=phantoms/manifest.csv evaluate.bootstrap=0 pretrain.epochs=2");
  INFO(trained.error);
  REQUIRE(trained.code == 0);
  CHECK(documented() == in(folder / "run"));
  Names expected = lines_of(contents(folder / "run/files.txt"));
  expected.insert({"files.txt", "run.lock"});
  CHECK(expected == files_below(folder / "run"));

  // 3 steps of 16 images are an epoch of pretraining, and 10 of the spec one of the joint phase.
  size_t of_joint = 0;
  for (const std::string& line : lines_of(contents(folder / "run/metrics.jsonl"))) {
    const nlohmann::json metrics = nlohmann::json::parse(line);
    const bool is_joint = metrics.at("phase") == "joint";
    of_joint += is_joint;
    INFO(line);
    CHECK(metrics.at("epoch") == (metrics.at("step").get<int>() - 1) / (is_joint ? 10 : 3) + 1);
  }
  CHECK(of_joint >= 20);
  CHECK_THAT(trained.error, Contains("pretrain epoch 1 of 2: ") && Contains("pretrain epoch 2 of 2: "));
  CHECK(trained.error.find("device: cpu") == trained.error.rfind("device: "));
}

}  // namespace tuna
