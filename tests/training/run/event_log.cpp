#include "training/run/event_log.h"

#include "tests/catch.h"
#include "tests/temporary_folder.h"
#include "training/tensorboard/event.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a phase that is resumed goes on in a new event file", "[run_folder][tensorboard]") {
  const TemporaryFolder folder;
  RunFolder run = RunFolder::create(folder / "run", {"weights.safetensors"});
  const fs::path events = folder / "run/tensorboard/joint";
  { EventLog(run, "joint", 0).add({{"phase", "joint"}, {"step", 1}, {"loss.cycle", 0.5}, {"note", "text"}}); }
  const std::string first = bytes_of(events / "events.out.tfevents.0001");
  EventLog(run, "joint", 7).add({{"phase", "joint"}, {"step", 8}, {"skipped", {{"optimizer_G", 2}}}});
  CHECK(bytes_of(events / "events.out.tfevents.0001") == first);
  for (const char* name : {"0001", "0002"})
    CHECK(run.files().has(events / fmt::format("events.out.tfevents.{}", name)));

  // All but the times: a record's time and checksum have 12 bytes of their own.
  const std::string second = bytes_of(events / "events.out.tfevents.0002");
  CHECK(second.size()
        == (version_record(0) + restart_record(0, 8) + scalars_record(0, 8, {{"skipped/optimizer_G", 2}})).size());
  CHECK_THAT(second, Contains("skipped/optimizer_G"));
  CHECK_THAT(first, Contains("loss/cycle"));
  CHECK(first.find("note") == first.npos);
}

TEST_CASE("events that cannot be written are an error", "[run_folder][tensorboard]") {
  const TemporaryFolder folder;
  RunFolder run = RunFolder::create(folder / "run", {"weights.safetensors"});
  folder.write("run/tensorboard", "a file");
  CHECK_THROWS_WITH(EventLog(run, "joint", 0), Contains("run/tensorboard: cannot be created"));
}

}  // namespace tuna
