// Winograd's convolution at every size that it computes, also where it does not pay.
#include <omp.h>

#include "kernels/conv/conv2d.h"
#include "kernels/conv/cpu/winograd/directions.h"
#include "kernels/conv/tables.h"
#include "tests/catch.h"
#include "tests/kernels/conv/conv_case.h"
#include "tests/op_table/op_checks.h"
#include "training/run/compute_device.h"

namespace tuna {
namespace {

constexpr double kTolerance = 2e-6;  // relative rms: see the errors of 256 channels below

// Of the three directions, forward with and without bias.
template <class Check>
void each_direction(const Shape& x, int64_t out_channels, int padding, Check check) {
  const Convolution convolution{1, padding};
  const Conv2d forward(convolution);
  const Shape weight{out_channels, 3, 3, x.c};
  const Shape y = forward.infer({{DType::f32, x}, {DType::f32, weight}})[0].shape;
  INFO(fmt::format("x {}, {} output channels, padding {}", x, out_channels, padding));
  const auto checked = [&](const ConvCase& conv) {
    INFO(conv.op.name());
    REQUIRE(conv_cpu::winograd::is_computed(conv.step.problem));
    check(conv);
  };
  checked({forward, {x, weight}});
  checked({forward, {x, weight, Shape{1, 1, 1, out_channels}}});
  checked({Conv2dBackwardData(convolution, x.h, x.w), {y, weight}});
  checked({Conv2dBackwardWeight(convolution, 3, 3), {x, y}});
}

std::vector<std::byte> run_winograd(const ConvCase& conv, int prepared_for = 2) {
  Device cpu = Device::cpu();
  cpu.threads = prepared_for;
  const Prepared kernel = cpu_algorithm("winograd_4x4").prepare(conv.step.direction, conv.step.problem, cpu);
  return run_guarded(kernel, conv.inputs, conv.output);
}

double error_of_winograd(const ConvCase& conv) {
  HostTensor found(conv.output);
  found.bytes() = run_winograd(conv);
  return relative_l2(found.values(), conv.expected);
}

std::vector<std::string> fitting(const ConvProblem& problem, const Target& target = Device::cpu()) {
  std::vector<std::string> names;
  for (const ConvDirection direction :
       {ConvDirection::forward, ConvDirection::backward_data, ConvDirection::backward_weight})
    names.push_back(fitting_algorithms(direction, problem, target).front().name);
  return names;
}

ConvProblem problem_3x3(const Shape& x, int64_t out_channels, Convolution convolution) {
  const Shape weight{out_channels, 3, 3, x.c};
  const Types types{{DType::f32, x}, {DType::f32, weight}};
  return conv_problem(x, weight, Conv2d(convolution).infer(types)[0].shape, convolution);
}

}  // namespace

TEST_CASE("Winograd's convolution is ref for every remainder of tiles and padding", "[winograd][every_isa]") {
  for (const int padding : {0, 1})
    for (int64_t height = 3; height <= 8; ++height)
      for (int64_t width = 3; width <= 8; ++width)
        for (const int64_t samples : {1, 2})
          each_direction({samples, height, width, 32}, 16, padding,
                         [](const ConvCase& conv) { CHECK(error_of_winograd(conv) <= kTolerance); });
}

TEST_CASE("Winograd's convolution pads an image of a pixel", "[winograd][every_isa]") {
  each_direction({1, 1, 1, 16}, 16, 1, [](const ConvCase& conv) { CHECK(error_of_winograd(conv) <= kTolerance); });
}

TEST_CASE("Winograd's convolution is ref for every number of panels", "[winograd][every_isa]") {
  for (const int64_t channels : {16, 48, 80})
    for (const int64_t out_channels : {16, 32, 48, 64, 112})
      each_direction({1, 9, 7, channels}, out_channels, 0,
                     [](const ConvCase& conv) { CHECK(error_of_winograd(conv) <= kTolerance); });
}

TEST_CASE("Winograd's convolution is ref over several blocks of tiles", "[winograd][every_isa]") {
  each_direction({3, 41, 37, 16}, 32, 1, [](const ConvCase& conv) { CHECK(error_of_winograd(conv) <= kTolerance); });
}

// 1.2e-6, 1.4e-6 and 4e-7 were found, and 2.6e-6 with the usual points 0, 1, -1, 2, -2.
TEST_CASE("Winograd's convolution of 256 channels is within 2e-6 of exact", "[winograd][every_isa]") {
  each_direction({1, 18, 18, 256}, 256, 0, [](const ConvCase& conv) { CHECK(error_of_winograd(conv) <= kTolerance); });
}

TEST_CASE("Winograd's convolution is the same bits with any number of threads", "[winograd][every_isa]") {
  const int before = omp_get_max_threads();
  const auto check = [](const ConvCase& conv) {
    omp_set_num_threads(1);
    const std::vector<std::byte> alone = run_winograd(conv);
    for (const int threads : {2, 3, 5})
      for (const int prepared_for : {2, 8, 64}) {
        omp_set_num_threads(threads);
        CHECK(run_winograd(conv, prepared_for) == alone);
      }
  };
  each_direction({1, 45, 33, 16}, 112, 1, check);  // one block of tiles for the weight
  each_direction({3, 45, 33, 16}, 112, 1, check);  // two
  omp_set_num_threads(before);
}

TEST_CASE("Winograd's convolution is the first of 3x3 with stride 1 and enough channels and pixels",
          "[winograd][every_isa]") {
  using Names = std::vector<std::string>;
  const Names winograd(3, "winograd_4x4");
  CHECK(fitting(problem_3x3({1, 18, 18, 256}, 256, {})) == winograd);
  CHECK(fitting(problem_3x3({1, 16, 16, 32}, 64, {1, 1})) == winograd);
  CHECK(fitting(problem_3x3({16, 4, 4, 32}, 32, {1, 1})) == winograd);
  for (const ConvProblem& other : {problem_3x3({1, 18, 18, 256}, 256, {2, 1}), problem_3x3({1, 18, 18, 40}, 64, {}),
                                   problem_3x3({1, 18, 18, 64}, 40, {}), problem_3x3({1, 18, 18, 16}, 64, {}),
                                   problem_3x3({1, 14, 14, 256}, 256, {}), problem_3x3({64, 4, 4, 64}, 64, {}),
                                   problem_3x3({1, 18, 18, 64}, 64, {1, 2})})
    for (const std::string& name : fitting(other)) CHECK(name != "winograd_4x4");
}

TEST_CASE("conv.winograd of the spec turns Winograd's convolution off", "[winograd][every_isa]") {
  const auto first = [](const std::string& conv) {
    const Spec spec = parse_spec(R"({"device": "cpu", "conv": )" + conv + "}", "spec.json");
    return fitting(problem_3x3({1, 18, 18, 256}, 256, {}), target_of(spec)).front();
  };
  CHECK(first("{}") == "winograd_4x4");
  CHECK(first(R"({"winograd": false})") != "winograd_4x4");
}

}  // namespace tuna
