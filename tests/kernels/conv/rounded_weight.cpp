// Not covered by the op table, whose tests run the reference in place of cuda's convolutions.
#include "engine/compile/compile.h"
#include "kernels/conv/conv2d.h"
#include "tests/catch.h"

namespace tuna {

TEST_CASE("a convolution of a reduced-precision type rounds its weights before it multiplies",
          "[conv2d][reduced_precision]") {
  // x is {1, -1} and the weight {1 + 2^-12, 1}: the result is the part of the weight that rounding removes.
  const auto convolved = [](DType activation) {
    Program program(activation);
    const Tensor x = program.input("x", Type{activation, {1, 2, 2, 2}}), weight = program.input("weight", {1, 1, 1, 2});
    program.output("y", conv2d(x, weight, {}));
    State state;
    Executable executable = compile(program, Device::reference(), state);
    executable.set("x", HostTensor(x.type(), {1, -1, 1, -1, 1, -1, 1, -1}));
    executable.set("weight", HostTensor(weight.type(), {1 + 0x1p-12, 1}));
    executable.run();
    return executable.get("y").values();
  };
  CHECK(convolved(DType::f32) == std::vector<double>(4, 0x1p-12));
  CHECK(convolved(DType::f16) == std::vector<double>(4, 0));
  CHECK(convolved(DType::bf16) == std::vector<double>(4, 0));
}

}  // namespace tuna
