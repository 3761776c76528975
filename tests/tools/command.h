// Runs the real `tuna`, as a person or a script would.
#pragma once

#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/temporary_folder.h"

namespace tuna {

struct Finished {
  int code = -1;
  std::string out, error;
};

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Runs a line of shell in `folder`, where $tuna is the command.  One thread: tests run side by side,
/// and threads that wait for each other between tiny operations would take most of the time.
inline Finished run_shell(const TemporaryFolder& folder, const std::string& line) {
  const std::string script = "export OMP_NUM_THREADS=1; tuna='" TUNA_COMMAND "'; cd '" + folder.path().string()
                             + "' || exit 99; { " + line + "\n} >stdout.txt 2>stderr.txt";
  const int status = std::system(script.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents(folder / "stdout.txt"),
          contents(folder / "stderr.txt")};
}

inline Finished run_tuna(const TemporaryFolder& folder, const std::string& arguments) {
  return run_shell(folder, "\"$tuna\" " + arguments);
}

inline Finished expect_success(const TemporaryFolder& folder, const std::string& arguments) {
  Finished finished = run_tuna(folder, arguments);
  INFO(arguments << "\n" << finished.error);
  REQUIRE(finished.code == 0);
  return finished;
}

/// For tests of tools/: bare machines have none.
inline bool has_python(const TemporaryFolder& folder) { return run_shell(folder, "command -v python3").code == 0; }

/// "tuna: ..." on one line and nothing else.
inline bool is_one_message(const std::string& error) {
  return error.rfind("tuna: ", 0) == 0 && std::count(error.begin(), error.end(), '\n') == 1 && error.back() == '\n';
}

/// What stderr has after the lines that name the device, the checkpoint and the threshold.
inline std::string without_facts(std::string error) {
  const auto begins_with = [&](const char* fact) { return error.rfind(fact, 0) == 0; };
  while (begins_with("device: ") || begins_with("checkpoint: ") || begins_with("threshold: "))
    error.erase(0, error.find('\n') + 1);
  return error;
}

struct Refused {
  std::string arguments, message;
};

/// Each command exits with 1, prints nothing to stdout, and one error that contains the message.
inline void check_refused(const TemporaryFolder& folder, const std::vector<Refused>& cases) {
  for (const Refused& refused : cases) {
    const Finished finished = run_tuna(folder, refused.arguments);
    INFO(refused.arguments << "\n" << finished.error);
    CHECK(finished.code == 1);
    CHECK(finished.out.empty());
    CHECK(is_one_message(without_facts(finished.error)));
    CHECK(finished.error.find(refused.message) != std::string::npos);
  }
}

inline const std::string kTinySpec = TUNA_SOURCE_DIR "/specs/tiny.json";

}  // namespace tuna
