// Commands with little memory, few threads, small stacks and few open files: they work, or end with one message.
#include "engine/base/address_sanitizer.h"
#include "tests/catch.h"
#include "tests/tools/command.h"

namespace tuna {
namespace {

/// Whether a command did its work or reported one error.
bool is_orderly(const Finished& finished) {
  if (finished.code == 0) return true;
  const size_t message = finished.error.rfind("tuna: ");
  return finished.code == 1 && message != std::string::npos && is_one_message(finished.error.substr(message))
         && finished.error.find("std::") == std::string::npos;
}

}  // namespace

TEST_CASE("as many threads are used as the system starts", "[command_line][resources]") {
  const TemporaryFolder folder;
  const auto threads = [&](const std::string& setting) {
    const Finished finished = run_shell(folder, setting + "\"$tuna\" info");
    INFO(setting << finished.error);
    CHECK(finished.code == 0);
    const size_t at = finished.out.find("threads   ");
    return at == std::string::npos ? 0 : std::atoi(finished.out.c_str() + at + 10);
  };
  CHECK(threads("export OMP_NUM_THREADS=3; ") == 3);
  CHECK(threads("export OMP_NUM_THREADS=3,2; ") == 3);
  if (kAddressSanitizer) return;
  CHECK(threads("export OMP_NUM_THREADS=100000; ") >= 1);
  CHECK(threads("export OMP_NUM_THREADS=100000; ") <= 1024);
  // Each thread reserves a stack of 256 MiB.
  const int few = threads("export OMP_NUM_THREADS=64; ulimit -s 262144; ulimit -v 3000000; ");
  CHECK((few >= 1 && few < 12));
}

TEST_CASE("where no more threads may be started, one is enough", "[command_line][resources]") {
  if (kAddressSanitizer) return;
  const TemporaryFolder folder;
  // root may start any number of threads; another user may not find the command.
  const std::string as_limited =
      "[ $(id -u) != 0 ] || as='setpriv --reuid=54321 --regid=54321 --clear-groups'\n"
      "$as test -x \"$tuna\" || exit 77\n"
      "export OMP_NUM_THREADS=4; $as prlimit --nproc=1 \"$tuna\" info";
  const Finished finished = run_shell(folder, as_limited);
  if (finished.code == 77) return;
  INFO(finished.error);
  CHECK(finished.code == 0);
  CHECK_THAT(finished.out, Contains("threads   1\n"));
}

/// MiB of address space that the program and its libraries take.
int smallest_memory(const TemporaryFolder& folder) {
  for (int mib = 100;; mib += 50)
    if (run_shell(folder, fmt::format("ulimit -c 0; ulimit -v {}; exec \"$tuna\" --version", mib << 10)).code == 0)
      return mib;
}

TEST_CASE("with little memory a command works, or reports one error", "[command_line][resources]") {
  if (kAddressSanitizer) return;  // reserves terabytes
  const TemporaryFolder folder;
  REQUIRE(run_tuna(folder, "data phantom --output phantoms --adults 50 --children 50 --size 32").code == 0);
  const std::vector<std::string> commands = {
      "graph " + kTinySpec, "data check phantoms/manifest.csv", "spec schema",
      "data phantom --output more --adults 2 --children 2 --size 512",
      "train " + kTinySpec + " --out run --set data.manifest=phantoms/manifest.csv evaluate.bootstrap=0 "
      "pretrain.epochs=1 train.steps_per_epoch=1 supervised=false data.loader_threads=2"};
  const int least = smallest_memory(folder);
  size_t worked = 0, refused = 0;
  for (const std::string& command : commands)
    for (int more = 0; more < 400; more += more < 100 ? 10 : 60) {
      const int mib = least + more;
      const std::string limits =
          "rm -rf run more; export OMP_NUM_THREADS=4; ulimit -c 0; ulimit -v " + std::to_string(mib << 10) + "; ";
      const Finished finished = run_shell(folder, limits + "exec \"$tuna\" " + command);
      if (finished.error.find("while loading shared libraries") != std::string::npos) continue;  // before main()
      INFO(command << "\nwith " << mib << " MiB: exit code " << finished.code << "\n" << finished.error);
      CHECK(is_orderly(finished));
      (finished.code == 0 ? worked : refused) += 1;
    }
  CHECK(worked > 0);
}

TEST_CASE("a small stack and few files suffice, or are one error", "[command_line][resources]") {
  if (kAddressSanitizer) return;
  const TemporaryFolder folder;
  REQUIRE(run_tuna(folder, "data phantom --output phantoms --adults 50 --children 50 --size 32").code == 0);
  const std::string train = "exec \"$tuna\" train " + kTinySpec
                            + " --out run --set data.manifest=phantoms/manifest.csv evaluate.bootstrap=0 "
                              "pretrain.epochs=1 train.steps_per_epoch=1 supervised=false";
  for (const char* stack : {"48", "64", "96", "512"})
    CHECK(run_shell(folder, fmt::format("ulimit -c 0; ulimit -s {}; {}", stack, train)).error
          == fmt::format("tuna: the stack is limited to {} KiB, expected at least 1024 (ulimit -s)\n", stack));
  CHECK(run_shell(folder, "ulimit -s 1024; " + train).code == 0);
  for (const char* files : {"4", "5", "6", "8"}) {
    const Finished finished = run_shell(folder, std::string("rm -rf run; ulimit -n ") + files + "; " + train);
    if (finished.error.find("while loading shared libraries") != std::string::npos) continue;  // before main()
    INFO(files << " files: exit code " << finished.code << "\n" << finished.error);
    CHECK(is_orderly(finished));
  }
}

}  // namespace tuna
