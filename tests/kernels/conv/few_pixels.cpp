// Convolutions over few pixels at every shape that is computed, in every direction.
#include <omp.h>

#include "kernels/conv/conv2d.h"
#include "kernels/conv/cpu/few_pixels/directions.h"
#include "kernels/conv/tables.h"
#include "tests/catch.h"
#include "tests/kernels/conv/conv_case.h"
#include "tests/op_table/op_checks.h"

namespace tuna {
namespace {

constexpr double kTolerance = 1e-6;  // relative rms; 3e-7 was found

std::vector<std::byte> run_few_pixels(const ConvCase& conv) {
  const auto& [direction, problem] = conv.step;
  return run_guarded(cpu_algorithm("few_pixels").prepare(direction, problem, Device::cpu()), conv.inputs, conv.output);
}

void check_is_ref(const ConvCase& conv) {
  HostTensor found(conv.output);
  found.bytes() = run_few_pixels(conv);
  CHECK(relative_l2(found.values(), conv.expected) <= kTolerance);
}

// All directions, forward with and without bias.
template <class Check>
void each_direction(const Shape& x, int64_t out_channels, int64_t kernel, Convolution convolution, Check check) {
  const auto checked = [&](const ConvCase& conv) {
    INFO(fmt::format("{} of {}", conv.op.name(), conv.step.problem.name()));
    REQUIRE(conv_cpu::windows::is_computed(conv.step.problem));
    check(conv);
  };
  const Conv2d forward(convolution);
  const Shape weight{out_channels, kernel, kernel, x.c};
  const Shape y = forward.infer({{DType::f32, x}, {DType::f32, weight}})[0].shape;
  checked({forward, {x, weight}});
  checked({forward, {x, weight, Shape{1, 1, 1, out_channels}}});
  checked({Conv2dBackwardData(convolution, x.h, x.w), {y, weight}});
  checked({Conv2dBackwardWeight(convolution, kernel, kernel), {x, y}});
}

std::string first_fitting(ConvDirection direction, const Shape& x, int64_t out_channels, int64_t kernel,
                          Convolution convolution) {
  const Shape weight{out_channels, kernel, kernel, x.c};
  const Shape y = Conv2d(convolution).infer({{DType::f32, x}, {DType::f32, weight}})[0].shape;
  return fitting_algorithms(direction, conv_problem(x, weight, y, convolution), Device::cpu()).front().name;
}

}  // namespace

TEST_CASE("convolutions over few pixels are ref for every kernel, stride and padding", "[few_pixels][every_isa]") {
  for (const int64_t kernel : {1, 2, 3, 4})
    for (const int stride : {1, 2, 3})
      for (int padding = 0; padding <= kernel; ++padding)
        for (const auto& [height, width] : {std::pair(4, 4), std::pair(5, 4), std::pair(4, 7)})
          each_direction({2, height, width, 16}, 32, kernel, {stride, padding}, check_is_ref);
}

TEST_CASE("convolutions over few pixels are ref for every number of panels, blocks and strips",
          "[few_pixels][every_isa]") {
  for (const int64_t channels : {16, 48, 80})
    for (const int64_t out_channels : {16, 48, 80, 144})
      for (const int64_t samples : {1, 3})
        each_direction({samples, 3, 5, channels}, out_channels, 3, {1, 1}, check_is_ref);
}

TEST_CASE("convolutions over few pixels are the same bits with any number of threads", "[few_pixels][every_isa]") {
  const int before = omp_get_max_threads();
  each_direction({3, 4, 3, 48}, 112, 3, {1, 1}, [](const ConvCase& conv) {
    omp_set_num_threads(1);
    const std::vector<std::byte> alone = run_few_pixels(conv);
    for (const int threads : {2, 3, 5}) {
      omp_set_num_threads(threads);
      CHECK(run_few_pixels(conv) == alone);
    }
  });
  omp_set_num_threads(before);
}

TEST_CASE("few_pixels is the first for at most 48 pixels and at least 64 channels", "[few_pixels][every_isa]") {
  for (const ConvDirection direction :
       {ConvDirection::forward, ConvDirection::backward_data, ConvDirection::backward_weight}) {
    CHECK(first_fitting(direction, {3, 4, 4, 64}, 64, 3, {1, 1}) == "few_pixels");
    CHECK(first_fitting(direction, {1, 2, 2, 512}, 512, 1, {2, 0}) == "few_pixels");
    CHECK(first_fitting(direction, {4, 4, 4, 64}, 64, 3, {1, 1}) != "few_pixels");
    CHECK(first_fitting(direction, {3, 4, 4, 48}, 64, 3, {1, 1}) != "few_pixels");
    CHECK(first_fitting(direction, {3, 4, 4, 64}, 72, 3, {1, 1}) != "few_pixels");
  }
}

}  // namespace tuna
