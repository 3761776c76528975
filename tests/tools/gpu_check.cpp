// The parts of tools/gpu_check that need no GPU, with the real tuna; gpu_check_stand_ins.py tests the rest.
#include <map>
#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/tools/command.h"

namespace tuna {
namespace {

using nlohmann::json;

// Hides the GPUs of the machine.
Finished gpu_check(const TemporaryFolder& folder, const std::string& arguments) {
  return run_shell(folder,
                   "CUDA_VISIBLE_DEVICES=-1 " TUNA_SOURCE_DIR "/tools/gpu_check --out report --work work " + arguments);
}

std::map<std::string, json> checks(const TemporaryFolder& folder) {
  const json report = json::parse(contents(folder / "report/report.json"));
  std::map<std::string, json> found;
  for (const json& check : report.at("checks")) found[check.at("name")] = check;
  return found;
}

}  // namespace

TEST_CASE("gpu_check without a GPU does nothing, or with --without-gpu the checks that need none",
          "[command_line][gpu_check]") {
  const TemporaryFolder folder;
  if (!has_python(folder)) {
    WARN("tools/gpu_check was not tested: python3 is not installed");
    return;
  }
  const Finished refused = gpu_check(folder, "");
  CHECK(refused.code == 2);
  CHECK_THAT(refused.error, Contains("nothing was checked; --without-gpu"));

  const std::string build = std::filesystem::path(TUNA_COMMAND).parent_path().string();
  const Finished finished = gpu_check(folder, "--without-gpu --quick --build " + build);
  INFO(finished.out << finished.error);
  REQUIRE(finished.code == 0);
  std::map<std::string, json> found = checks(folder);
  for (const char* name : {"build", "host tests", "training twice on the cpu: the same weights",
                           "training resumed on the cpu: the same weights"}) {
    INFO(name);
    CHECK(found[name].value("result", "") == "passed");
    found.erase(name);
  }
  for (const auto& [name, check] : found) {
    INFO(name);
    CHECK(check.at("result") == "not run");
    CHECK(check.at("note") != "");
  }
  for (const char* name : {"memcheck", "racecheck", "initcheck", "benchmarks: ops"}) CHECK(found.count(name) == 1);
  const std::string page = contents(folder / "report/report.md");
  CHECK_THAT(page, Contains("# GPU check: no GPU") && Contains("| host tests | passed |"));
}

TEST_CASE("gpu_check continues after a failed check, and exits with 1", "[command_line][gpu_check]") {
  const TemporaryFolder folder;
  if (!has_python(folder)) {
    WARN("tools/gpu_check was not tested: python3 is not installed");
    return;
  }
  folder.write("broken/CMakeCache.txt", "");
  const Finished finished = gpu_check(folder, "--without-gpu --quick --build broken");
  CHECK(finished.code == 1);
  CHECK_THAT(finished.out, Contains("1 checks failed: build"));
  const std::map<std::string, json> found = checks(folder);
  CHECK(found.at("build").at("result") == "failed");
  CHECK(found.at("host tests").at("note") == "nothing was built");
  CHECK(found.size() > 10);
}

}  // namespace tuna
