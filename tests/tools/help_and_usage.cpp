#include <sstream>

#include "engine/base/build_info.h"
#include "tests/catch.h"
#include "tests/tools/command.h"

namespace tuna {

TEST_CASE("each command explains itself with an example", "[command_line]") {
  const TemporaryFolder folder;
  for (const char* command :
       {"train",      "evaluate",           "predict",      "translate", "data",      "data phantom",
        "data check", "data split",         "data audit",   "report",    "spec",      "spec new",
        "spec show",  "spec check",         "spec schema",  "graph",     "gradcheck", "bench",
        "bench step", "bench convolutions", "bench limits", "tune",      "info"}) {
    const Finished help = run_tuna(folder, std::string(command) + " --help");
    INFO(command << "\n" << help.out);
    CHECK(help.code == 0);
    CHECK(help.error.empty());
    CHECK(help.out.find(std::string("Usage: tuna ") + command) != std::string::npos);
    CHECK(help.out.find("\n  tuna ", help.out.find("\nExample")) != std::string::npos);
    std::istringstream lines(help.out);
    for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 100);
  }
}

TEST_CASE("tuna lists its commands and prints its build", "[command_line]") {
  const TemporaryFolder folder;
  const Finished help = run_tuna(folder, "--help"), version = run_tuna(folder, "--version");
  CHECK(help.code == 0);
  for (const char* command : {"train", "evaluate", "predict", "translate", "report", "data", "spec", "graph",
                              "gradcheck", "bench", "tune", "info"})
    CHECK(help.out.find(std::string("\n  ") + command + " ") != std::string::npos);
  CHECK(version.code == 0);
  CHECK(version.out == "tuna " + build_id() + "\n");
}

TEST_CASE("wrong usage is one line and exit code 2", "[command_line]") {
  const TemporaryFolder folder;
  const std::pair<const char*, const char*> cases[] = {
      {"", "a command is needed"},
      {"trian", "trian: no such command"},
      {"spec frob", "frob: no such command"},
      {"train", "SPEC is required (see tuna train --help)"},
      {"train --resume", "--resume needs SPEC or --out"},
      {"train x.json --frobnicate", "--frobnicate"},
      {"train x.json --device gpu", "--device: gpu is not auto, cpu, emulated, cuda or cuda:N"},
      {"evaluate run --device cuda:x", "--device: cuda:x is not auto, cpu, emulated, cuda or cuda:N"},
      {"train --set seed=1 x.json", "'x.json' is not of the form key.path=value"},
      {"evaluate", "RUN, or --spec and --weights, is required"},
      {"evaluate --spec x.json", "--spec requires --weights"},
      {"evaluate run --spec x.json --weights y", "excludes"},
      {"predict run --input x", "--output is required"},
      {"translate run --direction sideways --input x --output y", "sideways not in"},
      {"report", "RUN is required (see tuna report --help)"},
      {"graph x.json --format svg", "svg not in {text,dot,json}"},
      {"gradcheck add --eps 0", "'0' is not a number above 0"},
      {"gradcheck add --eps 1e400", "'1e400' is not a number above 0"},
      {"gradcheck add --atol nan", "'nan' is not a number from 0"},
      {"gradcheck add --seed -1", "'-1' is not a whole number from 0 to 18446744073709551615"},
      {"gradcheck add --seed 18446744073709551616", "is not a whole number from 0"},
      {"bench add mul", "mul"},
      {"bench --frob", "--frob"},
      {"bench step", "--spec is required (see tuna bench step --help)"},
      {"bench step --spec x.json --steps 0", "--steps"},
      {"tune", "SPEC is required (see tuna tune --help)"},
      {"spec new", "--data is required (see tuna spec new --help)"},
      {"spec new --data x --minutes 0", "--minutes"},
      {"data phantom", "--output is required"},
      {"data phantom --output x --size 4", "--size"},
      {"data phantom --output x --size 9223372036854775808", "--size"},
      {"data phantom --output x --adults 1e400", "--adults"},
      {"train x.json --out ''", "--out: is empty (see tuna train --help)"},
      {"train --resume --out=''", "--out: 1 required RUN missing"},
      {"spec check ''", "SPEC: is empty"},
      {"predict run --input a '' --output -", "--input: is empty"},
      {"evaluate run --checkpoint ''", "--checkpoint: is empty"},
  };
  for (const auto& [arguments, message] : cases) {
    const Finished finished = run_tuna(folder, arguments);
    INFO(arguments << "\n" << finished.error);
    CHECK(finished.code == 2);
    CHECK(finished.out.empty());
    CHECK(is_one_message(finished.error));
    CHECK(finished.error.find(message) != std::string::npos);
  }
}

}  // namespace tuna
