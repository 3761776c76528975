// What must not change a bit of a whole training step: the memory plan, another run, the number of threads.
#include "training/methods/joint_step.h"

#include <omp.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/device/emulator.h"
#include "tests/catch.h"
#include "tests/gpu.h"
#include "tests/op_table/op_checks.h"
#include "tests/training/methods/tiny_step.h"

namespace tuna {
namespace {

constexpr std::array kPrecisions{Precision::fp32, Precision::tf32, Precision::bf16, Precision::fp16};

// A GPU in each precision that it supports.
std::vector<Target> gpus() {
  std::vector<Target> found;
  for (const Precision precision : kPrecisions)
    if (supports(Device::cuda(), precision)) found.emplace_back(Device::cuda(), precision);
  return found;
}

// The step in fp16 begins with scales of its losses that overflow, and would change nothing for some steps.
void find_loss_scales(State& state) {
  for (const char* scale : {"objective.loss_scale", "loss_D.loss_scale"})
    if (state.contains(scale)) state.write(scale, HostTensor(state.type(scale), {64}));
}

void check_was_made(const Executable& step) {
  for (const char* optimizer : {"optimizer_G", "optimizer_F", "optimizer_D"})
    CHECK(step.scalar(std::string(optimizer) + ".finite") == 1);
}

Snapshot three_steps(const Target& target, CompileOptions options = {}, uint64_t seed = 5) {
  State state(seed, target.device);
  TinyStep step(state, target, options);
  find_loss_scales(state);
  for (int64_t i = 0; i < 3; ++i) {
    step.run(i);
    check_was_made(step.executable());
  }
  CHECK(std::isfinite(step.executable().scalar("objective")));
  return snapshot(state);
}

/// Sets the number of OpenMP threads during its lifetime.
class Threads {
 public:
  explicit Threads(int count) : before_(omp_get_max_threads()) { omp_set_num_threads(count); }
  ~Threads() { omp_set_num_threads(before_); }

 private:
  int before_;
};

std::vector<std::vector<std::byte>> bytes_at(const Executable& executable, const std::vector<View>& views) {
  std::vector<std::vector<std::byte>> bytes;
  for (const View& view : views) bytes.push_back(executable.read(view).bytes());
  return bytes;
}

using Names = std::vector<std::string>;

std::vector<double> values_below(const State& state, const std::string& prefix) {
  std::vector<double> all;
  for (const std::string& name : state.names(prefix)) {
    const std::vector<double> values = state.read(name).values();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

std::string where(const Target& target) { return to_string(target.device) + " in " + to_string(target.precision); }

void check_memory_plan(const Target& target) {
  INFO(where(target));
  const Snapshot planned = three_steps(target, {true, false});
  CHECK(differing(three_steps(target, {false, false}), planned) == Names());
  CHECK(differing(three_steps(target, {true, true}), planned) == Names());  // freed memory becomes NaN and is not read
}

void check_two_runs(const Target& target) {
  INFO(where(target));
  const Snapshot first = three_steps(target);
  CHECK(differing(three_steps(target), first) == Names());
  CHECK(differing(three_steps(target, {}, 6), first).size() > 100);
}

}  // namespace

TEST_CASE("common subexpressions change no bit of a training step, and save some", "[engine][step]") {
  CompileOptions each_time;
  each_time.common_subexpressions = false;
  for (const Target& target : {Target(Device::cpu()), Target(Device::emulated(), Precision::bf16)}) {
    INFO(where(target));
    CHECK(differing(three_steps(target, each_time), three_steps(target)) == Names());
    State state(5, target.device);
    CHECK(TinyStep(state, target).executable().flops() < TinyStep(state, target, each_time).executable().flops());
  }
}

TEST_CASE("the memory plan changes no bit of a training step", "[engine][step]") {
  for (const Device& device : {Device::reference(), Device::cpu()}) check_memory_plan(device);
}

TEST_CASE("the memory plan changes no bit of a training step on a GPU", "[engine][step][gpu]") {
  if (no_gpu()) return;
  for (const Target& target : gpus()) check_memory_plan(target);
}

TEST_CASE("two runs from one seed have the same bits, from another seed others", "[engine][step]") {
  for (const Target& target :
       {Target(Device::reference()), Target(Device::reference(), Precision::fp16), Target(Device::cpu())})
    check_two_runs(target);
}

TEST_CASE("two runs on a GPU from one seed have the same bits, from another seed others", "[engine][step][gpu]") {
  if (no_gpu()) return;
  for (const Target& target : gpus()) check_two_runs(target);
}

TEST_CASE("the emulator's schedule changes no bit of a training step", "[engine][step][emulator]") {
  const auto step_under = [](uint32_t schedule) {
    emulator::set_schedule(schedule);
    State state(5, Device::emulated());
    TinyStep(state, Device::emulated()).run(0);
    emulator::set_schedule(0);
    return snapshot(state);
  };
  const Snapshot in_order = step_under(0);
  for (const uint32_t schedule : {1, 2, 3}) {
    INFO("schedule " << schedule);
    CHECK(differing(step_under(schedule), in_order) == Names());
  }
}

TEST_CASE("a step with activations in reduced precision is the reference's in that precision, and near that in f32",
          "[engine][step][emulator][reduced_precision]") {
  const auto [precision, unit] =
      GENERATE(table<Precision, double>({{Precision::bf16, 0x1p-8}, {Precision::fp16, 0x1p-11}}));
  const auto step_on = [](const Target& target, State& state) {
    TinyStep step(state, target);
    find_loss_scales(state);
    step.run(0);
    check_was_made(step.executable());
    return step;
  };
  State exact_state(5), expected_state(5), found_state(5, Device::emulated());
  const TinyStep exact = step_on(Device::reference(), exact_state),
                 expected = step_on(Target(Device::reference(), precision), expected_state),
                 found = step_on(Target(Device::emulated(), precision), found_state);
  const auto apart = [](const TinyStep& a, const TinyStep& b, const char* output) {
    return relative_l2(a.executable().get(output).values(), b.executable().get(output).values());
  };
  for (const char* output : {"objective", "loss.D_A", "loss.D_P", "fake_p", "rec_a"}) {
    INFO(to_string(precision) << " " << output);
    // A last place in which fake_p differs, because sums are made in another order, grows in the second generator.
    CHECK(apart(found, expected, output) < (output == std::string_view("rec_a") ? 4 * unit : unit));
    CHECK(apart(expected, exact, output) > 0);
    CHECK(apart(expected, exact, output) < 16 * unit);
  }
  CHECK(found_state.contains("objective.loss_scale") == (precision == Precision::fp16));
  // Whether a gradient passes a ReLU may depend on a last place, so single parameters may differ by more.
  for (const char* optimizer : {"optimizer_G", "optimizer_F", "optimizer_D"}) {
    INFO(to_string(precision) << " " << optimizer);
    const auto moments = [&](const State& state) { return values_below(state, std::string(optimizer) + ".exp_avg."); };
    const std::vector<double> exact_moments = moments(exact_state), expected_moments = moments(expected_state);
    CHECK(relative_l2(moments(found_state), expected_moments) < 64 * unit);
    CHECK(relative_l2(expected_moments, exact_moments) < 256 * unit);
  }
}

TEST_CASE("a step that is replayed on a GPU has the same bits as an eager one", "[engine][step][gpu]") {
  if (no_gpu()) return;
  CompileOptions eager;
  eager.replay = false;
  for (const Target& target : gpus()) {
    INFO(where(target));
    CHECK(differing(three_steps(target, eager), three_steps(target)) == Names());
  }
}

TEST_CASE("the number of threads changes no bit of any op, except oneDNN's gradients of weights", "[engine][step]") {
  const CompileOptions apart{false, false};  // keeps the inputs and outputs of every instruction
  State one_state(5);
  const auto run = [](TinyStep& step, int count) {
    const Threads threads(count);
    step.run(0);
  };
  TinyStep one(one_state, Device::cpu(), apart);
  run(one, 1);
  for (const int count : {2, 3}) {
    State state(5);
    TinyStep more(state, Device::cpu(), apart);
    run(more, count);
    const std::vector<Instruction>&a = one.executable().instructions(), &b = more.executable().instructions();
    REQUIRE(a.size() == b.size());
    size_t compared = 0;
    for (size_t i = 0; i < a.size(); ++i) {
#ifdef TUNA_HAS_ONEDNN
      if (a[i].name == "conv2d_backward_weight") continue;  // shares its sums between as many threads as there are
#endif
      const auto same = [&](std::vector<View> Args::*views) {
        return bytes_at(one.executable(), a[i].args.*views) == bytes_at(more.executable(), b[i].args.*views);
      };
      if (!same(&Args::in)) continue;
      INFO(count << " threads, " << a[i].scope << " " << a[i].name);
      CHECK(same(&Args::out));
      ++compared;
    }
    CHECK(compared > 600);
  }
}

TEST_CASE("a training step copies no state", "[engine][step]") {
  State state(5);
  const TinyStep step(state, Device::cpu());
  for (const Instruction& instruction : step.executable().instructions()) {
    INFO(instruction.scope);
    CHECK(instruction.name != "store");
  }
}

TEST_CASE("every network learns, and discriminators see older images", "[engine][step]") {
  State state(5);
  TinyStep step(state, Device::cpu());
  const Snapshot before = snapshot(state);
  step.run(0);
  const Names changed = differing(before, snapshot(state));
  size_t learning = 0;
  for (const std::string& name : state.names()) {
    if (name.compare(0, 9, "optimizer") == 0 || name.compare(0, 5, "pool_") == 0) continue;
    const bool learns = !state.names("optimizer_G.exp_avg." + name).empty()
                        || !state.names("optimizer_F.exp_avg." + name).empty()
                        || !state.names("optimizer_D.exp_avg." + name).empty();
    INFO(name);
    CHECK((std::find(changed.begin(), changed.end(), name) != changed.end()) == learns);
    learning += learns;
  }
  CHECK(learning > 150);

  int exchanged = 0;
  std::vector<std::byte> stored = snapshot(state).at("pool_P");
  for (int64_t i = 1; i < 6; ++i) {
    step.run(i);
    const std::vector<std::byte> now = snapshot(state).at("pool_P");
    exchanged += now != stored;
    stored = now;
  }
  CHECK((exchanged > 0 && exchanged < 5));
}

TEST_CASE("a step that is not finite leaves everything as it is: statistics and pools, too", "[engine][step]") {
  State state(5);
  TinyStep step(state, Device::cpu(), {}, BatchNormMode::training);
  const Snapshot fresh = snapshot(state);
  step.run(0);
  const Snapshot before = snapshot(state);
  const Names changed = differing(fresh, before);
  for (const char* name : {"F_A.bn1.running_mean", "F_P.bn1.running_var", "pool_A", "pool_P"}) {
    INFO(name);
    CHECK(std::find(changed.begin(), changed.end(), name) != changed.end());
  }
  for (const char* image : {"x_a", "x_p"}) {
    INFO(image);
    step.run_with_nan(0, image);  // step 0 stores in the pools
    CHECK(differing(before, snapshot(state)) == Names());
  }
}

}  // namespace tuna
