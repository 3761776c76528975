#include "training/run/checkpoint.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <limits>

#include "engine/base/atomic_file.h"
#include "tests/catch.h"
#include "tests/temporary_folder.h"
#include "tests/training/methods/tiny_step.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

// The phases from the last to the first: `latest` is the newest checkpoint of the first of them that has one.
const std::vector<std::string> kPhases = {"joint", "pretrain"};

Progress at_step(int64_t step, const std::string& phase = "joint") {
  Progress progress;
  progress.phase = phase;
  progress.step = step;
  return progress;
}

std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().filename() != "files.txt") names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

void change_last_byte(const fs::path& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(-1, std::ios::end);
  const char last = char(file.get());
  file.seekp(-1, std::ios::end);
  file.put(char(last ^ 1));
}

/// One value, so that a checkpoint is small.
struct Small {
  State state;
  explicit Small(float number = 1) {
    state.ensure({"F_A.w", Type{DType::f32, {1, 1, 1, 4}}, Initial::constant(double(number)), Role::parameter,
                  FileLayout::vector, 0, 0});
  }
  std::vector<double> values() const { return state.read("F_A.w").values(); }
};

}  // namespace

TEST_CASE("a run continues from a checkpoint as if it had never stopped", "[checkpoint]") {
  // fp16 also has scales of losses, which change in these steps.
  for (const Target& target : {Target(Device::cpu()), Target(Device::reference(), Precision::fp16)}) {
    INFO(to_string(target.precision));
    const TemporaryFolder folder;
    RunFiles files(folder.path());
    State uninterrupted(5), resumed(6);  // the initial values of a new process do not matter
    TinyStep step(uninterrupted, target);
    for (int64_t i = 0; i < 2; ++i) step.run(i);
    save_checkpoint(folder.path(), files, 2, uninterrupted, at_step(2), 3);
    step.run(2);

    TinyStep again(resumed, target);
    const fs::path newest = newest_checkpoint(folder.path(), "joint");
    const SafetensorsFile file(newest);
    CHECK(checkpoint_progress(file).step == 2);
    load_checkpoint(file, resumed);
    CHECK(differing(snapshot(resumed), snapshot(uninterrupted)).size() > 1);
    again.run(2);
    CHECK(differing(snapshot(resumed), snapshot(uninterrupted)) == std::vector<std::string>());
  }
}

TEST_CASE("progress comes back from a checkpoint", "[checkpoint]") {
  const TemporaryFolder folder;
  RunFiles files(folder.path());
  const Small small;
  Progress progress{"pretrain", 123456789012, 0.98, 7, {{"optimizer_G", 3}, {"optimizer_D", 1}}, 2};
  progress.gated = {{"optimizer_F", 5}};
  progress.computed_by = "cpu, 2 threads";
  progress.splits = "0123456789abcdef";
  save_checkpoint(folder.path(), files, 2, small.state, progress, 1);
  const Progress found = checkpoint_progress(SafetensorsFile(newest_checkpoint(folder.path(), "pretrain")));
  CHECK(found.phase == progress.phase);
  CHECK(found.step == progress.step);
  CHECK(found.best == progress.best);
  CHECK(found.best_epoch == progress.best_epoch);
  CHECK(found.skipped == progress.skipped);
  CHECK(found.gated == progress.gated);
  CHECK(found.computed_by == progress.computed_by);
  CHECK(found.splits == progress.splits);
  CHECK(found.not_finite_in_a_row == progress.not_finite_in_a_row);
}

TEST_CASE("the last checkpoints of each phase are kept, and what is not the run's", "[checkpoint]") {
  const TemporaryFolder folder;
  RunFiles files(folder.path());
  const Small small;
  folder.write("2-joint-00000001-good.safetensors", "a user's copy");
  folder.write("2-joint-0000001.safetensors", "another");
  folder.write("2-joint-00000002.safetensors", "another, with the name of a checkpoint");
  for (const int64_t step : {700, 800, 900})
    save_checkpoint(folder.path(), files, 1, small.state, at_step(step, "pretrain"), 2);
  for (const int64_t step : {8, 10, 120}) save_checkpoint(folder.path(), files, 2, small.state, at_step(step), 2);
  save_checkpoint(folder.path(), files, 3, small.state, at_step(4, "supervised"), 2);
  CHECK(files_in(folder.path())
        == std::vector<std::string>{"1-pretrain-00000800.safetensors", "1-pretrain-00000900.safetensors",
                                    "2-joint-00000001-good.safetensors", "2-joint-00000002.safetensors",
                                    "2-joint-0000001.safetensors", "2-joint-00000010.safetensors",
                                    "2-joint-00000120.safetensors", "3-supervised-00000004.safetensors"});
  CHECK(newest_checkpoint(folder.path(), "pretrain").filename() == "1-pretrain-00000900.safetensors");
  CHECK(newest_checkpoint(folder.path(), "joint").filename() == "2-joint-00000120.safetensors");
  save_checkpoint(folder.path(), files, 2, small.state, at_step(121), 1);
  CHECK(checkpoints_of(folder.path(), "joint")
        == std::vector<fs::path>{folder / "2-joint-00000002.safetensors", folder / "2-joint-00000121.safetensors"});
  CHECK(checkpoints_of(folder.path(), "pretrain").size() == 2);
}

TEST_CASE("a checkpoint is found by its name", "[checkpoint]") {
  const TemporaryFolder folder;
  RunFiles files(folder.path());
  const Small small;
  REQUIRE_THROWS_WITH(find_checkpoint(folder.path(), "latest", kPhases), Contains("no readable checkpoint"));
  REQUIRE_THROWS_WITH(find_checkpoint(folder.path(), "first", kPhases),
                      Contains("no checkpoint \"first\"; there is none"));
  save_checkpoint(folder.path(), files, 1, small.state, at_step(4, "pretrain"), 9);
  CHECK(find_checkpoint(folder.path(), "latest", kPhases) == folder / "1-pretrain-00000004.safetensors");
  for (const int64_t step : {8, 10}) save_checkpoint(folder.path(), files, 2, small.state, at_step(step), 9);
  save_checkpoint(folder.path(), files, 3, small.state, at_step(2, "supervised"),
                  9);  // has no network of the joint phase
  fs::copy(folder / "2-joint-00000008.safetensors", folder / "good.safetensors");
  CHECK(find_checkpoint(folder.path(), "latest", kPhases) == folder / "2-joint-00000010.safetensors");
  for (const char* name : {"2-joint-00000008", "2-joint-00000008.safetensors"})
    CHECK(find_checkpoint(folder.path(), name, kPhases) == folder / "2-joint-00000008.safetensors");
  CHECK(find_checkpoint(folder.path(), "good", kPhases) == folder / "good.safetensors");
  for (const char* name : {"2-joint-00000009", "", ".", "../good", "2-joint"})
    REQUIRE_THROWS_WITH(find_checkpoint(folder.path(), name, kPhases),
                        Contains("there are: latest, 1-pretrain-00000004, 2-joint-00000008, 2-joint-00000010, "
                                 "3-supervised-00000002, good"));
}

TEST_CASE("the best weights so far are those of a classifier's checkpoint", "[checkpoint]") {
  const TemporaryFolder folder;
  RunFiles files(folder.path());
  Small small;
  small.state.copy("F_A.", "best.F_A.");
  Progress progress = at_step(4, "pretrain");
  const auto prefix = [&](const std::string& net) {
    save_checkpoint(folder.path(), files, 2, small.state, progress, 1);
    return prefix_of_network(SafetensorsFile(newest_checkpoint(folder.path(), "pretrain")), net);
  };
  CHECK(prefix("F_A") == "F_A.");  // nothing was measured yet
  progress.best_epoch = 1;
  CHECK(prefix("F_A") == "best.F_A.");
  CHECK(prefix("F_P").empty());
  CHECK(prefix("F").empty());
}

TEST_CASE("a damaged newest checkpoint is passed over, and does not outlive good ones", "[checkpoint]") {
  const TemporaryFolder folder;
  RunFiles files(folder.path());
  const Small small;
  for (const int64_t step : {10, 20, 30, 40}) save_checkpoint(folder.path(), files, 2, small.state, at_step(step), 4);
  const auto path = [&](int step) { return folder / fmt::format("2-joint-{:08}.safetensors", step); };
  change_last_byte(path(40));
  CHECK(newest_checkpoint(folder.path(), "joint") == path(30));
  fs::resize_file(path(30), fs::file_size(path(30)) - 1);  // cut off
  CHECK(newest_checkpoint(folder.path(), "joint") == path(20));
  std::ofstream(path(20), std::ios::binary) << "";  // empty
  CHECK(newest_checkpoint(folder.path(), "joint") == path(10));
  write_safetensors(path(20), {});  // a good file, but no checkpoint
  CHECK(newest_checkpoint(folder.path(), "joint") == path(10));

  // The run that goes on from step 10 never removes what it has just written, and ends up with good files only.
  save_checkpoint(folder.path(), files, 2, small.state, at_step(15), 1);
  REQUIRE(fs::exists(path(15)));
  CHECK(newest_checkpoint(folder.path(), "joint") == path(15));
  write_safetensors(path(15), {});
  CHECK(newest_checkpoint(folder.path(), "joint").empty());
}

TEST_CASE("a resumed run removes checkpoints that a killed one has left, but none if none can be read",
          "[checkpoint]") {
  const TemporaryFolder folder;
  RunFiles files(folder.path());
  const Small small;
  for (const int64_t step : {10, 20, 30}) save_checkpoint(folder.path(), files, 2, small.state, at_step(step), 9);
  const auto path = [&](int step) { return folder / fmt::format("2-joint-{:08}.safetensors", step); };
  remove_old_checkpoints(folder.path(), files, "joint", 1, {});
  CHECK(checkpoints_of(folder.path(), "joint").size() == 3);
  change_last_byte(path(30));
  remove_old_checkpoints(folder.path(), files, "joint", 1, path(20));
  CHECK(checkpoints_of(folder.path(), "joint") == std::vector<fs::path>{path(20), path(30)});
  std::string unreadable;
  CHECK(newest_checkpoint(folder.path(), "joint", &unreadable) == path(20));
  CHECK_THAT(unreadable, Contains("2-joint-00000030.safetensors: is damaged"));
}

TEST_CASE("where there is no checkpoint there is none", "[checkpoint]") {
  const TemporaryFolder folder;
  CHECK(newest_checkpoint(folder.path(), "joint").empty());
  CHECK(newest_checkpoint(folder / "nowhere", "joint").empty());
  folder.write("notes.txt", "not a checkpoint");
  folder.write("2-joint-00000010.safetensors.tmp.123", "left by a run that was killed");
  CHECK(newest_checkpoint(folder.path(), "joint").empty());
}

TEST_CASE("values that are not finite are never written over good ones", "[checkpoint]") {
  const TemporaryFolder folder;
  RunFiles files(folder.path());
  Small small;
  save_checkpoint(folder.path(), files, 2, small.state, at_step(10), 1);
  for (const float stray : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    small.state.write("F_A.w", HostTensor(small.state.type("F_A.w"), {1, 1, double(stray), 1}));
    REQUIRE_THROWS_WITH(save_checkpoint(folder.path(), files, 2, small.state, at_step(20), 1),
                        Contains("checkpoint: F_A.w is not finite"));
    CHECK(files_in(folder.path()) == std::vector<std::string>{"2-joint-00000010.safetensors"});
  }
  load_checkpoint(SafetensorsFile(newest_checkpoint(folder.path(), "joint")), small.state);
  CHECK(small.values()[2] == 1);
}

TEST_CASE("a checkpoint that cannot be written leaves the older ones", "[checkpoint]") {
  const TemporaryFolder folder;
  RunFiles files(folder.path());
  const Small small;
  save_checkpoint(folder.path(), files, 2, small.state, at_step(10), 1);
  for (const FileCall failing : {FileCall::open, FileCall::write, FileCall::sync, FileCall::rename}) {
    inject_file_error = [=](FileCall call) { return call == failing ? ENOSPC : 0; };
    CHECK_THROWS_AS(save_checkpoint(folder.path(), files, 2, small.state, at_step(20), 1), Error);
    inject_file_error = nullptr;
    CHECK(files_in(folder.path()) == std::vector<std::string>{"2-joint-00000010.safetensors"});
  }
}

TEST_CASE("a checkpoint of another network is refused whole", "[checkpoint]") {
  const TemporaryFolder folder;
  RunFiles files(folder.path());
  const Small small(3);
  save_checkpoint(folder.path(), files, 2, small.state, at_step(10), 1);
  const SafetensorsFile file(newest_checkpoint(folder.path(), "joint"));
  Small larger(1);
  larger.state.ensure({"F_A.v", Type{DType::f32, {1, 1, 1, 1}}, {}, Role::parameter, FileLayout::vector, 0, 0});
  REQUIRE_THROWS_WITH(load_checkpoint(file, larger.state), Contains("1 missing: F_A.v"));
  CHECK(larger.values()[0] == 1);
  State smaller;
  REQUIRE_THROWS_WITH(load_checkpoint(file, smaller), Contains("1 unexpected: F_A.w"));
}

TEST_CASE("a file with invalid progress is not a checkpoint", "[checkpoint]") {
  const TemporaryFolder folder;
  const auto progress_of = [&](const Metadata& metadata) {
    write_safetensors(folder / "c.safetensors", {}, metadata);
    return checkpoint_progress(SafetensorsFile(folder / "c.safetensors"));
  };
  REQUIRE_THROWS_WITH(progress_of({}), Contains("c.safetensors: is not a checkpoint"));
  REQUIRE_THROWS_WITH(progress_of({{"progress", "{"}}), Contains("its progress is not JSON"));
  REQUIRE_THROWS_WITH(progress_of({{"progress", "[]"}}), Contains("not that of a checkpoint"));
  REQUIRE_THROWS_WITH(progress_of({{"progress", R"({"phase": 3})"}}),
                      Contains("not that of a checkpoint: type must be string, but is number"));
  REQUIRE_THROWS_WITH(progress_of({{"progress", std::string(60000, '[') + std::string(60000, ']')}}),
                      Contains("its progress is not JSON"));
}

TEST_CASE("the numbers of a checkpoint's progress are integers within limits", "[checkpoint]") {
  const auto read = [](const char* key, const nlohmann::json& value) {
    nlohmann::json json = to_json({"joint", 2, 0.5, 1, {{"optimizer", 0}}, 0});
    json[key] = value;
    return progress_from_json(json, "c.safetensors");
  };
  CHECK(read("step", 7).step == 7);
  CHECK(read("best_epoch", -1).best_epoch == -1);
  REQUIRE_THROWS_WITH(read("step", 1e300), Contains("c.safetensors: step of its progress is 1e+300, expected an int"));
  REQUIRE_THROWS_WITH(read("step", 1.5), Contains("step of its progress is 1.5"));
  REQUIRE_THROWS_WITH(read("step", -1), Contains("expected an integer from 0 to 9007199254740992"));
  REQUIRE_THROWS_WITH(read("step", UINT64_MAX), Contains("step of its progress is 18446744073709551615"));
  REQUIRE_THROWS_WITH(read("best_epoch", -2), Contains("best_epoch of its progress is -2"));
  REQUIRE_THROWS_WITH(read("skipped", {{"optimizer", "many"}}), Contains("skipped of its progress is \"many\""));
  REQUIRE_THROWS_WITH(read("gated", {{"optimizer", -1}}), Contains("gated of its progress is -1"));
}

TEST_CASE("no message about a checkpoint names a C++ type", "[checkpoint]") {
  for (const char* text : {"[]", "{}", R"({"phase": 3})"}) try {
      progress_from_json(nlohmann::json::parse(text), "c.safetensors");
      FAIL("it is read");
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find("json.exception") == std::string::npos);
    }
}

}  // namespace tuna
