#include "optim/finite_buffers.h"

#include "engine/compile/compile.h"
#include "kernels/pointwise/add.h"
#include "tests/catch.h"
#include "tests/gpu.h"

namespace tuna {
namespace {

using Values = std::vector<double>;

// The buffers of two networks accumulate the input, twice per step.
void check_buffers(const Device& device) {
  Program program;
  const Type type{DType::f32, {1, 1, 1, 3}};
  const Tensor x = program.input("x", type), flag = program.input("flag", Type{DType::i32, {1, 1, 1, 1}});
  for (const char* name : {"a.sum", "b.sum", "c.sum"}) {
    const Tensor sum = program.state(name, type, Initial::constant(0));
    for (int i = 0; i < 2; ++i) program.store(sum, program.latest(sum) + x);
  }
  program.state("a.other", type, Initial::constant(5));
  keep_buffers_unless_finite(program, {"a", "b"}, {flag});
  State state(0, device);
  Executable executable = compile(program, device, state);
  const auto run = [&](std::initializer_list<float> values, int32_t set) {
    executable.set("x", values);
    executable.set("flag", std::span<const int32_t>(&set, 1));
    executable.run();
  };
  run({1, 2, 3}, 1);
  CHECK(state.read("a.sum").values() == Values{2, 4, 6});
  run({1, 2, 3}, 0);
  for (const char* name : {"a.sum", "b.sum"}) CHECK(state.read(name).values() == Values{2, 4, 6});
  CHECK(state.read("c.sum").values() == Values{4, 8, 12});
  run({1, std::numeric_limits<float>::quiet_NaN(), 1}, 1);
  for (const char* name : {"a.sum", "b.sum"}) CHECK(state.read(name).values() == Values{2, 4, 6});
  run({1, 1, 1}, 1);
  CHECK(state.read("b.sum").values() == Values{4, 6, 8});
  CHECK(state.read("a.other").values() == Values{5, 5, 5});
}

}  // namespace

TEST_CASE("buffers keep their values if a step is not finite", "[optim]") {
  for (const Device& device : {Device::reference(), Device::cpu(), Device::emulated()}) check_buffers(device);
}

TEST_CASE("buffers on a GPU keep their values if a step is not finite", "[optim][gpu]") {
  if (!no_gpu()) check_buffers(Device::cuda());
}

}  // namespace tuna
