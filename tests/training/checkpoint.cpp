#include "training/checkpoint.h"

#include <cmath>
#include <fstream>
#include <limits>

#include "tests/catch.h"
#include "tests/temporary_folder.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

StateValue vector_value(const std::string& name) {
  return {name, Type{DType::f32, {1, 1, 1, 5}}, Initial::normal(0, 1), Role::parameter, FileLayout::vector, 0, 0};
}

Progress at_step(int64_t step) {
  Progress progress;
  progress.phase = "joint";
  progress.step = step;
  progress.skipped = {{"optimizer_G", 2}};
  return progress;
}

void change_last_byte(const fs::path& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(-1, std::ios::end);
  const char last = char(file.get());
  file.seekp(-1, std::ios::end);
  file.put(char(last ^ 1));
}

}  // namespace

TEST_CASE("a checkpoint gives back state and progress", "[checkpoint]") {
  const TemporaryFolder folder;
  State state(1), other(2);
  state.ensure(vector_value("w"));
  other.ensure(vector_value("w"));
  save_checkpoint(folder.path(), state, at_step(7), 3);
  const SafetensorsFile file(newest_checkpoint(folder.path()));
  load_checkpoint(file, other);
  for (int i = 0; i < 5; ++i) CHECK(state.at("w").data<float>()[i] == other.at("w").data<float>()[i]);
  const Progress progress = checkpoint_progress(file);
  CHECK(progress.step == 7);
  CHECK(progress.skipped.at("optimizer_G") == 2);
}

TEST_CASE("the last K checkpoints are kept, and a damaged one is passed over", "[checkpoint]") {
  const TemporaryFolder folder;
  State state(1);
  state.ensure(vector_value("w"));
  for (const int64_t step : {5, 10, 100}) save_checkpoint(folder.path(), state, at_step(step), 2);
  CHECK_FALSE(fs::exists(folder / "2-joint-00000005.safetensors"));
  CHECK(newest_checkpoint(folder.path()).filename() == "2-joint-00000100.safetensors");
  SECTION("a changed value") { change_last_byte(folder / "2-joint-00000100.safetensors"); }
  SECTION("cut off") { fs::resize_file(folder / "2-joint-00000100.safetensors", 50); }
  CHECK(newest_checkpoint(folder.path()).filename() == "2-joint-00000010.safetensors");
}

TEST_CASE("values that are not finite are not written over good ones", "[checkpoint]") {
  const TemporaryFolder folder;
  State state(1);
  state.ensure(vector_value("w"));
  save_checkpoint(folder.path(), state, at_step(5), 2);
  state.at("w").data<float>()[3] = std::numeric_limits<float>::quiet_NaN();
  REQUIRE_THROWS_WITH(save_checkpoint(folder.path(), state, at_step(10), 2), Contains("w is not finite"));
  CHECK(newest_checkpoint(folder.path()).filename() == "2-joint-00000005.safetensors");
}

TEST_CASE("a checkpoint of other networks is refused, and nothing is changed", "[checkpoint]") {
  const TemporaryFolder folder;
  State state(1), other(2);
  state.ensure(vector_value("w"));
  other.ensure(vector_value("w"));
  other.ensure(vector_value("b"));
  save_checkpoint(folder.path(), state, at_step(5), 2);
  const float before = other.at("w").data<float>()[0];
  REQUIRE_THROWS_WITH(load_checkpoint(SafetensorsFile(newest_checkpoint(folder.path())), other),
                      Contains("does not fit the network") && Contains("missing: b"));
  CHECK(other.at("w").data<float>()[0] == before);
}

}  // namespace tuna
