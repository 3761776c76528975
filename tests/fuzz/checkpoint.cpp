// Checkpoints: tensors and progress, loaded into the state of a small network.
#include "training/run/checkpoint.h"

#include <sstream>

#include "engine/files/weights.h"
#include "tests/fuzz/target.h"

namespace tuna {
namespace {

State small_state() {
  State state;
  const auto add = [&](const char* name, DType dtype, const Shape& shape, FileLayout layout) {
    state.ensure({name, Type{dtype, shape}, {}, Role::parameter, layout, 0, 0});
  };
  add("F.w", DType::f32, {2, 1, 1, 3}, FileLayout::kernel);
  add("F.b", DType::f32, {1, 1, 1, 2}, FileLayout::vector);
  add("F.step", DType::i32, {1, 1, 1, 1}, FileLayout::as_is);
  return state;
}

}  // namespace

void read_as_file(const std::string& bytes) {
  std::istringstream stream(bytes);
  const SafetensorsFile file("file", stream);
  verify_checksum(file);
  must_hold(prefix_of_network(file, "F").size() <= 7, "a network's prefix is \"F.\" or \"best.F.\", or empty");
  State state = small_state();
  load_checkpoint(file, state);
  const Progress progress = checkpoint_progress(file);
  must_hold(progress.step >= 0, "no steps before the first");
  must_hold(to_json(progress_from_json(to_json(progress), "again")) == to_json(progress),
            "progress is written as it is read");
}

}  // namespace tuna
