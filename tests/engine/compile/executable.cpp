#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "engine/compile/compile.h"
#include "engine/program/autograd.h"
#include "engine/runtime/emulated_runtime.h"
#include "kernels/linear/linear.h"
#include "kernels/loss/mse.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/scale.h"
#include "kernels/pointwise/tanh.h"
#include "tests/catch.h"
#include "tests/crashes.h"
#include "tests/gpu.h"

namespace tuna {
namespace {

constexpr Type kScalar{DType::f32, {1, 1, 1, 1}};

double value(const State& state, const std::string& name) { return state.read(name).values()[0]; }

size_t count(const Executable& executable, const std::string& name) {
  size_t found = 0;
  for (const Instruction& instruction : executable.instructions()) found += instruction.name == name;
  return found;
}

// With discrete memory, runs are captured and replayed, and read what is set between runs, also if some are timed.
void check_replay(const Device& device) {
  const auto run_all = [](const Device& where, bool replay, bool timed) {
    Program program;
    const Tensor state = program.state("s", Type{DType::f32, {1, 1, 1, 4}}, Initial::constant(1));
    const Tensor x = program.input("x", {1, 1, 1, 4}), once = program.input("once", {1, 1, 1, 4});
    program.store(state, relu(program.latest(state)) + x + once);
    program.output("loss", mse_to(program.latest(state), 0));
    State memory(0, where);
    CompileOptions options;
    options.replay = replay;
    Executable executable = compile(program, where, memory, options);
    executable.set("once", {1, 2, 3, 4});
    std::vector<double> losses, seconds;
    for (int run = 0; run < 5; ++run) {
      const float value = float(run * run);
      executable.set("x", {value, -value, 1, 0});
      if (timed && (run == 1 || run == 2))
        executable.run(seconds);
      else
        executable.run();
      losses.push_back(executable.scalar("loss"));
    }
    for (const double each : seconds) CHECK(each > 0);
    CHECK(executable.replays() == (replay && where.backend != Backend::ref));
    for (const double value : memory.read("s").values()) losses.push_back(value);
    return losses;
  };
  const std::vector<double> expected = run_all(Device::reference(), true, false);
  CHECK(expected.size() == 9);  // whole numbers or quarters, which are exact in any order of summation
  for (const bool replay : {false, true})
    for (const bool timed : {false, true}) CHECK(run_all(device, replay, timed) == expected);
}

void check_copies(const Device& device) {
  Program program;
  const Tensor state = program.state("s", Type{DType::f32, {1, 1, 2, 2}}, Initial::normal(0, 1));
  program.output("y", relu(state));
  State memory(3, device), here(3);
  Executable executable = compile(program, device, memory), reference = compile(program, Device::reference(), here);
  CHECK(memory.read("s").bytes() == here.read("s").bytes());
  executable.run();
  reference.run();
  CHECK(executable.get<float>("y") == reference.get<float>("y"));
  memory.write("s", HostTensor(memory.type("s"), {1, -2, 3, -4}));
  executable.run();
  CHECK(executable.get<float>("y") == std::vector<float>{1, 0, 3, 0});
  memory.copy("s", "copied");
  CHECK(memory.read("copied").values() == std::vector<double>{1, -2, 3, -4});
}

}  // namespace

TEST_CASE("a state is updated in place, and keeps its value between runs", "[engine][executable]") {
  Program program;
  const Tensor state = program.state("s", kScalar, Initial::constant(1));
  program.store(state, 2 * program.latest(state));
  program.store(state, 3 * program.latest(state));
  State memory;
  Executable executable = compile(program, Device::reference(), memory);
  CHECK(executable.instructions().size() == 2);
  executable.run();
  CHECK(value(memory, "s") == 6);
  executable.run();
  CHECK(value(memory, "s") == 36);
}

TEST_CASE("a state that no step can overwrite is stored at the end", "[engine][executable]") {
  Program program;
  const Tensor state = program.state("s", kScalar, Initial::constant(1));
  const Tensor loss = mse_to(program.input("x", {1, 1, 1, 2}), 0);
  program.store(state, loss);
  program.output("before", 10 * state);
  State memory;
  Executable executable = compile(program, Device::reference(), memory);
  CHECK(count(executable, "store") == 1);
  executable.set("x", {1, 3});
  executable.run();
  CHECK(value(memory, "s") == 5);
  CHECK(executable.scalar("before") == 10);
  executable.run();
  CHECK(executable.scalar("before") == 50);
}

TEST_CASE("what a state will hold is not overwritten before it is stored", "[engine][executable]") {
  Program program;
  const Tensor state = program.state("s", kScalar, Initial::constant(1));
  const Tensor next = 2 * program.input("x", {1, 1, 1, 1});
  program.store(state, next);
  program.output("y", relu(next));  // relu may overwrite its input
  State memory;
  Executable executable = compile(program, Device::reference(), memory);
  executable.set("x", {-4});
  executable.run();
  CHECK(value(memory, "s") == -8);
  CHECK(executable.scalar("y") == 0);
}

TEST_CASE("a state takes the value that another one had when it was stored", "[engine][executable]") {
  SECTION("which stays as it is") {
    Program program;
    const Tensor a = program.state("a", kScalar, Initial::constant(1)),
                 b = program.state("b", kScalar, Initial::constant(2));
    program.store(a, program.latest(b));
    State memory;
    compile(program, Device::reference(), memory).run();
    CHECK((value(memory, "a") == 2 && value(memory, "b") == 2));
  }
  SECTION("which was updated before") {
    Program program;
    const Tensor a = program.state("a", kScalar, Initial::constant(1)),
                 b = program.state("b", kScalar, Initial::constant(2));
    program.store(b, 5 * program.latest(b));
    program.store(a, program.latest(b));
    State memory;
    compile(program, Device::reference(), memory).run();
    CHECK((value(memory, "a") == 10 && value(memory, "b") == 10));
  }
  SECTION("or a function of it, which leaves that one as it is") {
    Program program;
    const Tensor a = program.state("a", kScalar, Initial::constant(1)),
                 b = program.state("b", kScalar, Initial::constant(2));
    program.store(b, 5 * program.latest(b));
    program.store(a, 3 * program.latest(b));  // scale could overwrite its input
    State memory;
    Executable executable = compile(program, Device::reference(), memory);
    executable.run();
    CHECK((value(memory, "a") == 30 && value(memory, "b") == 10));
    executable.run();
    CHECK((value(memory, "a") == 150 && value(memory, "b") == 50));
  }
  SECTION("but not after that one has changed: an error, because the value is lost") {
    Program program;
    const Tensor a = program.state("a", kScalar, Initial::constant(1)),
                 b = program.state("b", kScalar, Initial::constant(2));
    program.store(a, program.latest(b));
    program.store(b, 5 * program.latest(b));
    State memory;
    REQUIRE_THROWS_WITH(compile(program, Device::reference(), memory), Contains("b is read by a later step"));
  }
  SECTION("nor in exchange") {
    Program program;
    const Tensor a = program.state("a", kScalar, Initial::constant(1)),
                 b = program.state("b", kScalar, Initial::constant(2));
    program.store(a, b);
    program.store(b, a);
    State memory;
    REQUIRE_THROWS_WITH(compile(program, Device::reference(), memory), Contains("state 'a': cannot store the value"));
  }
}

TEST_CASE("a backward step that needs a weight which was overwritten is refused", "[engine][executable]") {
  const auto record = [](Program& program, bool update_first) {
    const Scope scope(program, "D_A");
    const Tensor weight = program.state("weight", Type{DType::f32, {3, 1, 1, 2}}, Initial::constant(1));
    const Tensor bias = program.input("bias", {1, 1, 1, 3}), x = program.input("x", {1, 1, 1, 2});
    const Tensor loss = mse_to(linear(x, weight, bias), 0);
    const auto update = [&] { program.store(weight, 2 * program.latest(weight)); };
    if (update_first) update();
    program.output("dx", gradients(loss, {x})[0]);  // reads the weight of the forward step
    if (!update_first) update();
  };
  State memory;
  Program wrong, right;
  record(wrong, true);
  REQUIRE_THROWS_WITH(compile(wrong, Device::reference(), memory),
                      Contains("D_A: D_A.weight is read by a later step after scale has overwritten it"));
  record(right, false);
  Executable executable = compile(right, Device::reference(), memory);
  executable.set("x", {1, 2});
  executable.run();
  CHECK(executable.get("dx").values()[0] == 6);  // three outputs of 3: the sum of 2 / 3 * 3 each
  CHECK(value(memory, "D_A.weight") == 2);
}

TEST_CASE("a state's value of before the update cannot be an output", "[engine][executable]") {
  Program program;
  const Tensor state = program.state("s", kScalar, Initial::constant(1));
  program.output("before", state);
  program.store(state, 2 * state);
  State memory;
  REQUIRE_THROWS_WITH(compile(program, Device::reference(), memory), Contains("s is read by a later step"));
}

TEST_CASE("steps that are not needed do not run", "[engine][executable]") {
  Program program;
  const Tensor x = program.input("x", {1, 1, 1, 1});
  tanh(tanh(x));
  const Tensor needed = 2 * x;
  tanh(needed);
  program.output("y", needed);
  State memory;
  CHECK(compile(program, Device::reference(), memory).instructions().size() == 1);
}

TEST_CASE("inputs keep their values", "[engine][executable]") {
  Program program;
  const Tensor x = program.input("x", {1, 1, 1, 1});
  program.output("y", relu(x));
  State memory;
  Executable executable = compile(program, Device::reference(), memory);
  executable.set("x", {-3});
  for (int run = 0; run < 2; ++run) {
    executable.run();
    CHECK(executable.read(executable.input("x")).values()[0] == -3);
    CHECK(executable.scalar("y") == 0);
  }
}

TEST_CASE("a value is overwritten only by its last reader", "[engine][executable]") {
  for (const bool poison : {false, true})
    for (const bool reuse : {false, true}) {
      Program program;
      const Tensor x = program.input("x", {1, 1, 1, 64});
      const Tensor shared = 2 * x;
      const Tensor first = relu(shared), second = 3 * shared, twice = second + second;
      program.output("sum", first + shared + twice);
      program.output("view", stop_gradient(shared));
      State memory;
      Executable executable = compile(program, Device::reference(), memory, {reuse, poison});
      std::vector<float> x_values;
      for (int i = 0; i < 64; ++i) x_values.push_back(float(i - 32));
      executable.set("x", std::span<const float>(x_values));
      executable.run();
      executable.run();
      const std::vector<float> sum = executable.get<float>("sum"), seen = executable.get<float>("view");
      for (size_t i = 0; i < 64; ++i) {
        const float twofold = 2 * x_values[i];
        REQUIRE(sum[i] == std::max(twofold, 0.f) + 7 * twofold);
        REQUIRE(seen[i] == twofold);
      }
    }
}

TEST_CASE("freed memory is poisoned if the options enable it", "[engine][executable]") {
  for (const bool poison : {false, true}) {
    Program program;
    const Tensor hidden = tanh(program.input("x", {1, 1, 1, 3}));
    program.output("y", mse_to(hidden, 0));
    State memory;
    Executable executable = compile(program, Device::reference(), memory, {true, poison});
    executable.set("x", {1, 2, 3});
    executable.run();
    REQUIRE(executable.instructions()[0].name == "tanh");
    for (const double left : executable.read(executable.instructions()[0].args.out[0]).values())
      CHECK(std::isnan(left) == poison);
    CHECK(std::isfinite(executable.scalar("y")));
    CHECK(executable.read(executable.input("x")).values()[0] == 1);
  }
}

TEST_CASE("memory is reused along a chain", "[engine][executable]") {
  Program program;
  Tensor x = program.input("x", {1, 16, 16, 4});
  for (int i = 0; i < 8; ++i) x = mse_to(x, 0) + mse_to(2 * x, 0);
  program.output("y", x);
  State memory;
  const Executable planned = compile(program, Device::reference(), memory);
  const Executable apart = compile(program, Device::reference(), memory, {false, false});
  CHECK(planned.plan().bytes < planned.plan().without_reuse);
  CHECK(apart.plan().bytes == apart.plan().without_reuse);
  CHECK(apart.plan().bytes > planned.plan().bytes);
}

TEST_CASE("programs share a State, and may be destroyed once compiled", "[engine][executable]") {
  State memory;
  const auto compiled = [&](double factor) {
    Program program;
    const Scope scope(program, "F_A");
    const Tensor state = program.state("weight", kScalar, Initial::constant(1));
    program.store(state, factor * state);
    return compile(program, Device::reference(), memory);
  };
  Executable pretrain = compiled(2), joint = compiled(5);
  pretrain.run();
  joint.run();
  pretrain.run();
  CHECK(value(memory, "F_A.weight") == 20);
}

TEST_CASE("each value has memory of its own if sanitizers need that", "[engine][executable]") {
  const Device device = Device::emulated();
  for (const bool separate : {false, true}) {
    setenv("TUNA_SEPARATE_MEMORY", separate ? "1" : "0", 1);
    Program program;
    const Tensor x = program.input("x", {1, 1, 1, 64});
    for (const double factor : {2, 3, 4, 5}) program.output(fmt::format("{} x", factor), factor * x);
    const Tensor small = program.input("small", kScalar.shape);
    program.output("two", 2 * small);
    program.output("three", 3 * small);
    State memory(0, device);
    Executable executable = compile(program, device, memory);
    unsetenv("TUNA_SEPARATE_MEMORY");
    const std::vector<float> ones(64, 1);
    executable.set("x", std::span<const float>(ones));
    executable.run();
    CHECK(executable.get<float>("3 x") == std::vector<float>(64, 3));
    int past_the_end = 0;  // outputs after which memory can be written
    for (const Instruction& instruction : executable.instructions())
      past_the_end += !crashes([&] {
        const View& out = instruction.args.out[0];
        const Runtime::Access access = runtime(device).enter();
        constexpr size_t kGap = 64;  // the red zone of AddressSanitizer
        static_cast<volatile char*>(out.memory)[align_up(out.type.bytes() + kGap)] = 1;
      });
    CHECK((past_the_end == 0) == separate);
  }
}

TEST_CASE("a run can be timed, instruction by instruction", "[engine][executable]") {
  Program program;
  program.output("y", tanh(2 * program.input("x", {1, 64, 64, 8})));
  State memory;
  Executable executable = compile(program, Device::reference(), memory);
  std::vector<double> seconds;
  executable.run(seconds);
  REQUIRE(seconds.size() == 2);
  const std::vector<double> once = seconds;
  executable.run(seconds);
  CHECK((seconds[0] > once[0] && seconds[1] > once[1]));
}

TEST_CASE("with discrete memory, runs are captured and replayed, and read what is set between runs",
          "[engine][executable]") {
  check_replay(Device::emulated());
}

TEST_CASE("each run with discrete memory has the inputs that were set for it, however late the device is",
          "[engine][executable]") {
  // Small inputs are uploaded at once when a run begins, large ones while the previous run executes.
  const auto run_all = [](const Device& device, bool replay, int64_t size) {
    Program program;
    const Tensor state = program.state("s", Type{DType::f32, {1, 1, 1, size}}, Initial::constant(0));
    const Tensor x = program.input("x", {1, 1, 1, size}), y = program.input("y", {1, 1, 1, size});
    program.store(state, 8 * program.latest(state) + x + y);  // one octal digit per run
    program.output("loss", mse_to(program.latest(state), 0));
    State memory(0, device);
    CompileOptions options;
    options.replay = replay;
    Executable executable = compile(program, device, memory, options);
    const auto set = [&](const char* input, float first, float second) {
      std::vector<float> values(size_t(size), 0);
      values[0] = first, values[1] = second;
      executable.set(input, std::span<const float>(values));
    };
    for (int run = 0; run < 5; ++run) {  // without waiting for any of them
      set("x", 7, 7);
      set("x", float(run), 1);
      if (run % 2 == 0) set("y", float(run + 1), 0);
      executable.run();
    }
    set("x", 5, 5);  // for a run that never starts
    std::vector<double> result = memory.read("s").values();
    result.push_back(executable.scalar("loss"));
    return result;
  };
  for (const int64_t size : {2, 2000}) {
    const std::vector<double> expected = run_all(Device::reference(), true, size);
    CHECK(expected[1] == 8 * (8 * (8 * (8 * 1 + 1) + 1) + 1) + 1);
    for (const bool late : {false, true})
      for (const bool replay : {false, true}) {
        INFO("late " << late << ", replay " << replay << ", size " << size);
        be_late(late);
        CHECK(run_all(Device::emulated(), replay, size) == expected);
        be_late(false);
      }
  }
}

TEST_CASE("a run uploads its small inputs in one copy, and downloads its scalars in another", "[engine][executable]") {
  Program program;
  const Tensor image = program.input("image", {1, 16, 16, 4}), a = program.input("a", kScalar),
               b = program.input("b", kScalar), c = program.input("c", {1, 1, 1, 3});
  program.output("loss a", mse_to(image, 0) + 2 * a);
  program.output("loss b", 3 * b);
  program.output("loss c", mse_to(c, 0));
  program.output("sum", image + image);
  State memory(0, Device::emulated());
  Executable executable = compile(program, Device::emulated(), memory);
  executable.set("image", HostTensor(executable.input("image").type, std::vector<double>(1024, 2)));
  executable.set("b", {5});
  const auto copies_of_run = [&](const std::function<void()>& set) {
    const size_t before = host_copies();
    set();
    executable.run();
    executable.synchronize();
    return host_copies() - before;
  };
  const auto set_all = [&] {
    executable.set("a", {1});
    executable.set("b", {2});
    executable.set("c", {3, 3, 3});
  };
  CHECK(copies_of_run([] {}) == 2);
  CHECK(executable.scalar("loss a") == 4);
  CHECK(executable.scalar("loss b") == 15);
  CHECK(executable.scalar("loss c") == 0);
  CHECK(copies_of_run([] {}) == 1);
  CHECK(copies_of_run(set_all) == 2);
  CHECK(executable.scalar("loss a") == 6);
  CHECK(executable.scalar("loss b") == 6);
  CHECK(executable.scalar("loss c") == 9);
  CHECK(executable.get("sum").values()[7] == 4);
}

TEST_CASE("values in discrete memory are copied, whatever they are", "[engine][executable]") {
  check_copies(Device::emulated());
}

TEST_CASE("a GPU's runs are captured and replayed, and its values are copied", "[engine][executable][gpu]") {
  if (no_gpu()) return;
  check_replay(Device::cuda());
  check_copies(Device::cuda());
}

TEST_CASE("a state on another device is refused", "[engine][executable]") {
  Program program;
  program.output("y", relu(program.input("x", {1, 1, 1, 1})));
  State memory(0, Device::emulated()), here;
  REQUIRE_THROWS_WITH(compile(program, Device::cpu(), memory),
                      Contains("a program for cpu cannot use a state on emulated"));
  REQUIRE_THROWS_WITH(compile(program, Device::emulated(), here),
                      Contains("a program for emulated cannot use a state on cpu"));
}

TEST_CASE("what does not exist or fit is refused by name", "[engine][executable]") {
  Program program;
  const Tensor x = program.input("x", {1, 1, 1, 2}), y = program.input("y", {1, 1, 1, 2});
  program.output("sum", x + y);
  State memory;
  Executable executable = compile(program, Device::reference(), memory);
  REQUIRE_THROWS_WITH(executable.input("z"), Contains("no input 'z'; it has x, y"));
  REQUIRE_THROWS_WITH(executable.output("loss"), Contains("no output 'loss'; it has sum"));
  REQUIRE_THROWS_WITH(
      executable.set("x", {1, 2, 3}),
      Contains("input 'x' is f32 1x1x1x2, was given 3 values of 4 bytes; another shape needs another compile()"));
  const std::vector<double> wide{1, 2};
  REQUIRE_THROWS_WITH(executable.set("x", std::span<const double>(wide)), Contains("2 values of 8 bytes"));
  REQUIRE_THROWS_WITH(executable.scalar("sum"), Contains("output 'sum' is f32 1x1x1x2, not a scalar"));
}

TEST_CASE("a program of f64 runs on the reference only", "[engine][executable]") {
  Program program(DType::f64);
  const Scope scope(program, "G_AP.model.26");
  program.output("y", tanh(program.input("x", {1, 1, 1, 1})));
  State memory;
  REQUIRE_THROWS_WITH(compile(program, Device::cpu(), memory),
                      Contains("G_AP.model.26: tanh: backend cpu computes in f32 only"));
}

}  // namespace tuna
