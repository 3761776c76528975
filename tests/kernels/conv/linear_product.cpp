// The calls to cuBLAS, computed in plain loops.
#include "kernels/conv/cuda/linear_product.h"

#include "engine/compile/compile.h"
#include "kernels/conv/conv2d.h"
#include "tests/catch.h"
#include "tests/op_table/op_checks.h"

namespace tuna {
namespace {

/// As BLAS defines it.
void multiply(const LinearProduct& p) {
  for (int i = 0; i < p.m; ++i)
    for (int j = 0; j < p.n; ++j) {
      double sum = 0;
      for (int l = 0; l < p.k; ++l)
        sum += double(p.transpose_a ? p.a[l + i * p.lda] : p.a[i + l * p.lda])
               * double(p.transpose_b ? p.b[j + l * p.ldb] : p.b[l + j * p.ldb]);
      p.c[i + j * p.ldc] = float(sum);
    }
}

Convolution plain() { return {}; }

}  // namespace

TEST_CASE("a linear layer and its gradients are products that BLAS can do", "[linear]") {
  const Shape x{5, 1, 1, 7}, weight{3, 1, 1, 7}, y{5, 1, 1, 3};
  const ConvProblem problem = conv_problem(x, weight, y, plain());
  REQUIRE(is_linear(problem));
  const struct {
    ConvDirection direction;
    Shape first, second, out;
    AnyOp op;
  } cases[] = {
      {ConvDirection::forward, x, weight, y, Conv2d(plain())},
      {ConvDirection::backward_data, y, weight, x, Conv2dBackwardData(plain(), 1, 1)},
      {ConvDirection::backward_weight, x, y, weight, Conv2dBackwardWeight(plain(), 1, 1)},
  };
  for (const auto& each : cases) {
    INFO(to_string(each.direction));
    Program program;
    const Tensor first = program.input("first", each.first), second = program.input("second", each.second);
    program.output("out", program.record(each.op, {first, second})[0]);
    State state;
    Executable executable = compile(program, Device::reference(), state);
    HostTensor a(first.type()), b(second.type()), found(Type{DType::f32, each.out});
    Random random(1, to_string(each.direction));
    for (HostTensor* tensor : {&a, &b})
      for (float& element : tensor->as<float>()) element = float(random.normal());
    executable.set("first", a);
    executable.set("second", b);
    executable.run();

    const auto view = [](HostTensor& tensor) { return View{tensor.type(), tensor.bytes().data()}; };
    multiply(linear_product(each.direction, problem, {{view(a), view(b)}, {view(found)}, {}, nullptr}));
    CHECK(relative_l2(found.values(), executable.get("out").values()) < 1e-6);
  }
}

TEST_CASE("only a convolution of one pixel with one tap is a linear layer", "[linear]") {
  CHECK(is_linear(conv_problem({4, 1, 1, 8}, {2, 1, 1, 8}, {4, 1, 1, 2}, {})));
  CHECK_FALSE(is_linear(conv_problem({4, 2, 1, 8}, {2, 1, 1, 8}, {4, 2, 1, 2}, {})));
  CHECK_FALSE(is_linear(conv_problem({4, 1, 1, 8}, {2, 3, 3, 8}, {4, 1, 1, 2}, {1, 1})));
  CHECK_FALSE(is_linear(conv_problem({4, 1, 1, 8}, {2, 1, 1, 8}, {4, 3, 3, 2}, {1, 1})));
}

}  // namespace tuna
