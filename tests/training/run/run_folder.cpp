#include "training/run/run_folder.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "engine/base/atomic_file.h"
#include "engine/base/check.h"
#include "tests/catch.h"
#include "tests/temporary_folder.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string> kResults = {"pretrained.safetensors", "weights.safetensors", "supervised.safetensors"};

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

nlohmann::json line(const std::string& phase, int64_t step) { return {{"phase", phase}, {"step", step}}; }

/// Starts a process that has the run open, and waits until it has.
pid_t owner_of(const fs::path& folder) {
  int started[2];
  REQUIRE(pipe(started) == 0);
  const pid_t owner = fork();
  if (owner == 0) {
    const RunFolder run = RunFolder::open(folder);
    static_cast<void>(write(started[1], "x", 1) == 1);
    for (;;) pause();
  }
  char byte = 0;
  REQUIRE(read(started[0], &byte, 1) == 1);
  return owner;
}

}  // namespace

TEST_CASE("a run folder is made once, with what belongs into it", "[run_folder]") {
  const TemporaryFolder folder;
  const fs::path path = folder / "runs/first";
  {
    const RunFolder run = RunFolder::create(path, kResults);
    CHECK(run.path() == path);
    CHECK((fs::is_directory(run.images()) && fs::is_directory(run.checkpoints())));
    CHECK((fs::exists(path / "log.txt") && fs::exists(path / "metrics.jsonl")));
  }
  RunFolder::create(path, kResults);  // without a spec there is no run in it yet
  folder.write("runs/first/spec.json", "{}");
  REQUIRE_THROWS_WITH(RunFolder::create(path, kResults), Contains("first: already holds a run"));
  CHECK(RunFolder::open(path).spec() == path / "spec.json");
}

TEST_CASE("a run folder is not made where a run would write over files", "[run_folder]") {
  for (const char* name :
       {"tuning.json", "splits.csv", "weights.safetensors", "evaluation.json", "images/a.png", "checkpoints/b"}) {
    const TemporaryFolder folder;
    folder.write(name, "somebody's");
    REQUIRE_THROWS_WITH(RunFolder::create(folder.path(), kResults), Contains("exists already"));
    CHECK_FALSE(fs::exists(folder / "log.txt"));
  }
}

TEST_CASE("one process at a time trains into a run folder", "[run_folder]") {
  const TemporaryFolder folder;
  folder.write("spec.json", "{}");
  {
    const RunFolder run = RunFolder::open(folder.path());
    const std::string owner = fmt::format("process {} on ", getpid());
    REQUIRE_THROWS_WITH(RunFolder::open(folder.path()), Contains(owner) && Contains("is training this run"));
    fs::remove(folder / "spec.json");
    REQUIRE_THROWS_WITH(RunFolder::create(folder.path(), kResults), Contains("is training this run"));
    folder.write("spec.json", "{}");
  }
  RunFolder::open(folder.path());

  // The lock of a process that was killed is free.
  const pid_t owner = owner_of(folder.path());
  REQUIRE_THROWS_WITH(RunFolder::open(folder.path()), Contains(fmt::format("process {} on ", owner)));
  kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
  RunFolder::open(folder.path());
}

TEST_CASE("a run stays locked if its run.lock is removed or replaced", "[run_folder]") {
  const TemporaryFolder folder;
  folder.write("spec.json", "{}");
  const pid_t owner = owner_of(folder.path());
  fs::remove(folder / "run.lock");
  CHECK_THROWS_WITH(RunFolder::open(folder.path()), Contains("another process is training this run"));
  CHECK_FALSE(fs::exists(folder / "run.lock"));
  folder.write("run.lock", "process 17 on ward");
  CHECK_THROWS_WITH(RunFolder::open(folder.path()), Contains("process 17 on ward is training this run"));
  fs::remove(folder / "spec.json");
  CHECK_THROWS_WITH(RunFolder::create(folder.path(), kResults), Contains("is training this run"));
  kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
  CHECK_NOTHROW(RunFolder::create(folder.path(), kResults));
}

TEST_CASE("a start that was interrupted before there was a spec may be repeated", "[run_folder]") {
  const TemporaryFolder folder;
  {
    RunFolder run = RunFolder::create(folder.path(), kResults);
    run.files().add(run.splits());
    folder.write("splits.csv", "of the first start");
    run.write("tuning.json", "{}");
  }
  RunFolder::create(folder.path(), kResults);
  folder.write("weights.safetensors", "of a run whose spec.json was removed");
  REQUIRE_THROWS_WITH(RunFolder::create(folder.path(), kResults), Contains("weights.safetensors: exists already"));
}

TEST_CASE("a run removes temporary files of its own files, and nothing else", "[run_folder]") {
  const TemporaryFolder folder;
  { RunFolder::create(folder.path(), kResults).files().add(folder / "checkpoints/2-joint-00000004.safetensors"); }
  folder.write("spec.json", "{}");
  const char* const others[] = {"notes.tmp.txt", "notes.tmp.12", "metrics.jsonl.tmp.old", "metrics.jsonl.tmp.",
                                "checkpoints/9-mine-00000001.safetensors.tmp.7"};
  for (const char* name : others) folder.write(name, "of the user");
  folder.write("metrics.jsonl.tmp.123", "left by a killed process");
  folder.write("files.txt.tmp.123", "left by a killed process");
  folder.write("checkpoints/2-joint-00000004.safetensors.tmp.123", "left by a killed process");
  RunFolder::open(folder.path());
  for (const char* name : others) CHECK(fs::exists(folder / name));
  CHECK_FALSE(fs::exists(folder / "metrics.jsonl.tmp.123"));
  CHECK_FALSE(fs::exists(folder / "files.txt.tmp.123"));
  CHECK_FALSE(fs::exists(folder / "checkpoints/2-joint-00000004.safetensors.tmp.123"));
}

TEST_CASE("the list of a run's files is complete or its old self, and one that cannot be read is an error",
          "[run_folder]") {
  const TemporaryFolder folder;
  RunFiles files(folder.path());
  files.add(folder / "a");
  inject_file_error = [](FileCall call) { return call == FileCall::rename ? ENOSPC : 0; };
  CHECK_THROWS_WITH(files.add(folder / "b"), Contains("files.txt: No space left on device"));
  inject_file_error = nullptr;
  CHECK(lines_of(folder / "files.txt") == std::vector<std::string>{"a", "files.txt"});
  fs::remove(folder / "files.txt");
  fs::create_directory(folder / "files.txt");
  CHECK_THROWS_WITH(RunFiles(folder.path()), Contains("files.txt: is a directory"));
}

TEST_CASE("lines that cannot be written: of metrics an error, of the log a warning", "[run_folder]") {
  if (!fs::exists("/dev/full")) return;
  const TemporaryFolder folder;
  for (const char* name : {"log.txt", "metrics.jsonl"}) fs::create_symlink("/dev/full", folder / name);
  folder.write("files.txt", "files.txt\nlog.txt\nmetrics.jsonl\n");  // as after an interrupted start
  RunFolder run = RunFolder::create(folder.path(), kResults);
  run.log("is on stderr");
  run.log("the next one, too");
  CHECK_THROWS_WITH(run.metrics(line("joint", 1)),
                    Contains("metrics.jsonl: cannot be written: No space left on device"));
}

TEST_CASE("a list of files from elsewhere removes nothing outside of the run's folder", "[run_folder]") {
  const TemporaryFolder folder;
  folder.write("run/spec.json", "{}");
  const fs::path left = folder.write("run/weights.safetensors.tmp.12", "left by a killed process");
  const fs::path outside = folder.write("weights.safetensors.tmp.12", "of the user");
  folder.write("run/files.txt", "weights.safetensors\n../weights.safetensors\nimages/../../weights.safetensors\n"
                                    + (folder / "weights.safetensors").string() + "\n..\n.\n\n");
  RunFolder run = RunFolder::open(folder / "run");
  CHECK_FALSE(fs::exists(left));
  CHECK(fs::exists(outside));
  CHECK(run.files().has(folder / "run/weights.safetensors"));
  CHECK_FALSE(run.files().has(folder / "weights.safetensors"));
}

TEST_CASE("a folder without a run cannot be resumed", "[run_folder]") {
  const TemporaryFolder folder;
  REQUIRE_THROWS_WITH(RunFolder::open(folder.path()), Contains("holds no run (no spec.json)"));
  REQUIRE_THROWS_WITH(RunFolder::open(folder / "nowhere"), Contains("nowhere: holds no run"));
  folder.write("file", "");
  REQUIRE_THROWS_WITH(RunFolder::create(folder / "file", kResults), Contains("file: is not a folder"));
  REQUIRE_THROWS_WITH(RunFolder::create(folder / "file/run", kResults), Contains("cannot be created"));
}

TEST_CASE("metrics are a line of JSON each, at once and after those of before", "[run_folder]") {
  const TemporaryFolder folder;
  {
    RunFolder run = RunFolder::create(folder.path(), kResults);
    run.metrics(line("joint", 1));
    CHECK(lines_of(folder / "metrics.jsonl") == std::vector<std::string>{line("joint", 1).dump()});
  }
  folder.write("spec.json", "{}");
  RunFolder run = RunFolder::open(folder.path());
  run.metrics(line("joint", 2));
  CHECK(lines_of(folder / "metrics.jsonl")
        == std::vector<std::string>{line("joint", 1).dump(), line("joint", 2).dump()});
}

TEST_CASE("a resumed run drops the metrics that it will write again", "[run_folder]") {
  const TemporaryFolder folder;
  RunFolder run = RunFolder::create(folder.path(), kResults);
  for (const nlohmann::json& each : {line("pretrain", 1), line("pretrain", 900), line("joint", 5), line("joint", 6),
                                     line("joint", 7), line("supervised", 1)})
    run.metrics(each);
  std::ofstream(folder / "metrics.jsonl", std::ios::app) << R"({"phase": "joint", "st)";  // cut off when the run was

  run.forget_metrics_after("joint", 6);
  const std::vector<std::string> kept = {line("pretrain", 1).dump(), line("pretrain", 900).dump(),
                                         line("joint", 5).dump(), line("joint", 6).dump(),
                                         line("supervised", 1).dump()};
  CHECK(lines_of(folder / "metrics.jsonl") == kept);
  run.metrics(line("joint", 7));  // the new file, not the one that was replaced
  CHECK(lines_of(folder / "metrics.jsonl").back() == line("joint", 7).dump());

  std::ofstream(folder / "metrics.jsonl", std::ios::app) << "[1]\n7\n{\"phase\": 3, \"step\": 1}\n"
                                                         << R"({"phase": "joint", "step": "1"})"
                                                         << "\n";
  run.forget_metrics_after("pretrain", 0);
  CHECK(lines_of(folder / "metrics.jsonl")
        == std::vector<std::string>{kept[2], kept[3], kept[4], line("joint", 7).dump()});

  std::filesystem::remove(folder / "metrics.jsonl");
  std::filesystem::create_directory(folder / "metrics.jsonl");
  CHECK_THROWS_WITH(run.forget_metrics_after("pretrain", 0),
                    Contains("metrics.jsonl: is a directory, expected a file"));
}

TEST_CASE("a warning is one line, whatever it names", "[run_folder]") {
  const TemporaryFolder folder;
  RunFolder run = RunFolder::create(folder.path(), kResults);
  run.warn("no label \"a\nb\x1B[2J\"");
  CHECK_THAT(lines_of(folder / "log.txt").at(0), Contains("warning: no label \"a\\x0Ab\\x1B[2J\""));
}

TEST_CASE("the log has the time of each line", "[run_folder]") {
  const TemporaryFolder folder;
  RunFolder run = RunFolder::create(folder.path(), kResults);
  run.log("first line");
  run.log("second line");
  const std::vector<std::string> lines = lines_of(folder / "log.txt");
  REQUIRE(lines.size() == 2);
  CHECK_THAT(lines[0], Contains("  first line") && Contains(":") && Contains("-"));
  CHECK_THAT(lines[1], Contains("  second line"));
}

}  // namespace tuna
