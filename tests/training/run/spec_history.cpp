#include "training/run/spec_history.h"

#include <fstream>

#include "tests/catch.h"
#include "tests/temporary_folder.h"

namespace tuna {
namespace {

TEST_CASE("the history of a spec is read back, and no part of the spec", "[spec]") {
  const TemporaryFolder folder;
  Spec spec;
  spec.name = "one";
  const auto written = [&](const SpecHistory& history) {
    return folder.write("spec.json", with_history(spec, history));
  };
  CHECK(history_in(written({})).empty());
  const auto path = written({{"pretrain", 3, {"log.keep: 3 -> 4"}}, {"joint", 20, {"a: 1 -> 2", "b: 1 -> nothing"}}});
  const SpecHistory history = history_in(path);
  REQUIRE(history.size() == 2);
  CHECK(history[0].phase == "pretrain");
  CHECK(history[1].step == 20);
  CHECK(history[1].changed == std::vector<std::string>{"a: 1 -> 2", "b: 1 -> nothing"});
  CHECK(read_spec(path) == spec);

  for (const char* bad : {R"({"history": 3})", R"({"history": [3]})", R"({"history": [{"phase": "joint"}]})",
                          R"({"history": [{"phase": "joint", "step": "x", "changed": []}]})"})
    REQUIRE_THROWS_WITH(history_in(folder.write("bad.json", bad)), Contains("bad.json: history: expected a list of"));
}

}  // namespace
}  // namespace tuna
