// The order in which `tuna tune` times convolutions, and what a stopped one leaves.
#include <nlohmann/json.hpp>

#include "kernels/conv/tuning_file.h"
#include "tests/tools/command.h"

namespace tuna {
namespace {

const std::string kTune = "tune " + kTinySpec + " --device cpu --out ";

ConvChoices tuning(const TemporaryFolder& folder, const std::string& name) {
  return parse_tuning(contents(folder / name), name);
}

/// The convolutions in the order in which they were reported: lines such as "  12.0 us  convolution of ...: plain".
std::vector<std::string> in_order(const std::string& error) {
  std::vector<std::string> keys;
  for (size_t begin = 0, end = 0; (end = error.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string line = error.substr(begin, end - begin);
    const size_t key = line.find(" us  ");
    if (key != std::string::npos) keys.push_back(line.substr(key + 5, line.rfind(": ") - key - 5));
  }
  return keys;
}

}  // namespace

TEST_CASE("tune times the heaviest convolutions of one phase, or begins with the main one", "[command_line][tuning]") {
  const TemporaryFolder folder;
  const Finished joint = expect_success(folder, kTune + "joint.json --phase joint --heaviest 3");
  CHECK(tuning(folder, "joint.json").convolutions.size() == 3);
  const std::vector<std::string> keys = in_order(joint.error);
  REQUIRE(keys.size() == 3);
  for (const std::string& key : keys) CHECK(tuning(folder, "joint.json").convolutions.count(key) == 1);

  const Finished all = expect_success(folder, kTune + "all.json --heaviest 3");
  CHECK(in_order(all.error).size() == 3);
  for (const std::string& key : in_order(all.error)) CHECK_THAT(key, !Contains(" of 16x"));  // as in pretraining

  check_refused(folder, {{kTune + "x.json --phase nonsense", "phase \"nonsense\" does not exist; the phases are "}});
  CHECK(run_tuna(folder, kTune + "x.json --heaviest 0").code == 2);
  CHECK_FALSE(std::filesystem::exists(folder / "x.json"));
}

TEST_CASE("a stopped tune keeps the convolutions that it has timed", "[command_line][tuning]") {
  const TemporaryFolder folder;
  const Finished stopped = run_shell(folder, "\"$tuna\" " + kTune + "new.json & tune=$!\n"
                                                 "until test -s new.json; do sleep 0.02; done\n"
                                                 "kill -TERM $tune; wait $tune");
  INFO(stopped.error);
  CHECK(stopped.code == 130);
  const size_t timed = tuning(folder, "new.json").convolutions.size();
  CHECK(timed == in_order(stopped.error).size());
  CHECK_THAT(stopped.error, Contains(fmt::format("tuna: stopped after {} of ", timed)));
  CHECK_THAT(stopped.error, Contains(", which new.json has\n"));
}

}  // namespace tuna
