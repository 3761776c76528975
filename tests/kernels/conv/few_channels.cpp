// Convolutions with few channels on one side at every shape that is computed, in every direction.
#include <omp.h>

#include <cmath>
#include <numeric>

#include "kernels/conv/conv2d.h"
#include "kernels/conv/cpu/few_channels/directions.h"
#include "kernels/conv/cpu/few_channels/sides.h"
#include "kernels/conv/cpu/table.h"
#include "kernels/conv/tables.h"
#include "tests/catch.h"
#include "tests/kernels/conv/conv_case.h"
#include "tests/op_table/op_checks.h"

namespace tuna {
namespace {

constexpr double kTolerance = 1e-6;  // relative rms; 3e-7 was found

std::vector<std::byte> run_few_channels(const ConvCase& conv) {
  const auto& [direction, problem] = conv.step;
  const Device cpu = Device::cpu();
  const bool first = cpu_algorithm("few_channels").fits(direction, problem, cpu);
  REQUIRE(first != cpu_algorithm("few_channels_rest").fits(direction, problem, cpu));
  const ConvAlgorithm& algorithm = cpu_algorithm(first ? "few_channels" : "few_channels_rest");
  return run_guarded(algorithm.prepare(direction, problem, cpu), conv.inputs, conv.output);
}

void check_is_ref(const ConvCase& conv) {
  HostTensor found(conv.output);
  found.bytes() = run_few_channels(conv);
  CHECK(relative_l2(found.values(), conv.expected) <= kTolerance);
}

// All directions, forward with and without bias: `few` channels in and `many` out, and the reverse if stride is 1.
template <class Check>
void each_direction(Shape x, int64_t few, int64_t many, int64_t kernel, Convolution convolution, Check check) {
  const auto checked = [&](const ConvCase& conv) {
    INFO(fmt::format("{} of {}", conv.op.name(), conv.step.problem.name()));
    REQUIRE(conv_cpu::few::is_computed(conv.step.problem));
    check(conv);
  };
  const Conv2d forward(convolution);
  for (const auto& [in, out] : {std::pair(few, many), std::pair(many, few)}) {
    x.c = in;
    const Shape weight{out, kernel, kernel, in};
    const Shape y = forward.infer({{DType::f32, x}, {DType::f32, weight}})[0].shape;
    if (in == many && convolution.stride > 1) continue;
    checked({forward, {x, weight}});
    checked({forward, {x, weight, Shape{1, 1, 1, out}}});
    checked({Conv2dBackwardData(convolution, x.h, x.w), {y, weight}});
    checked({Conv2dBackwardWeight(convolution, kernel, kernel), {x, y}});
  }
}

// For each direction "first" if few_channels is the first that fits, "rest" if few_channels_rest fits.
std::vector<std::string> entries(const Shape& x, int64_t out_channels, int64_t kernel, Convolution convolution,
                                 DType dtype = DType::f32) {
  const Shape weight{out_channels, kernel, kernel, x.c};
  const Shape y = Conv2d(convolution).infer({{DType::f32, x}, {DType::f32, weight}})[0].shape;
  ConvProblem problem = conv_problem(x, weight, y, convolution);
  problem.dtype = dtype;
  std::vector<std::string> found;
  for (const ConvDirection direction :
       {ConvDirection::forward, ConvDirection::backward_data, ConvDirection::backward_weight}) {
    const ConvAlgorithms fitting = fitting_algorithms(direction, problem, Device::cpu());
    const bool first = !fitting.empty() && fitting.front().name == std::string(conv_cpu::few_channels.name);
    const bool rest = find_algorithm(fitting, conv_cpu::few_channels_rest.name) != nullptr;
    found.push_back(first ? "first" : rest ? "rest" : "");
  }
  return found;
}

}  // namespace

TEST_CASE("convolutions with few channels are ref for every kernel, stride and padding", "[few_channels][every_isa]") {
  for (const int64_t kernel : {3, 4, 5, 6, 7})
    for (const int stride : {1, 2})
      for (int padding = 0; padding < kernel; ++padding)
        for (const auto& [height, width] : {std::pair(7, 8), std::pair(8, 9), std::pair(12, 7)})
          each_direction({2, height, width, 0}, 1 + (kernel + padding) % 4, 16, kernel, {stride, padding},
                         check_is_ref);
}

TEST_CASE("windows of few channels are zero outside of the image", "[few_channels]") {
  for (const int64_t stride : {1, 2}) {
    const Shape x{2, 6, 9, 2}, y{2, 6 / stride, 1 + 8 / stride, 16};
    const conv_cpu::few::Sides sides(conv_problem(x, {16, 7, 7, 2}, y, {int(stride), 3}));
    std::vector<float> few(size_t(x.count())), strip(conv_cpu::few::kStripFloats);
    std::iota(few.begin(), few.end(), 1.0f);
    const auto expected = [&](int64_t n, int64_t h, int64_t w, int64_t c) {
      return h < 0 || h >= x.h || w < 0 || w >= x.w ? 0 : few[size_t(((n * x.h + h) * x.w + w) * x.c + c)];
    };
    for (int64_t row = 0; row < y.n * y.h; ++row)
      for (int64_t pixel = 0; pixel < y.w; ++pixel) {
        std::fill(strip.begin(), strip.end(), NAN);
        conv_cpu::few::gather_windows(sides, few.data(), row, {pixel, pixel + 1}, strip.data());
        const float* at = strip.data();
        for (int64_t v = 0; v < 7; ++v)
          for (int64_t u = 0; u < 7; ++u)
            for (int64_t c = 0; c < 2; ++c)
              CHECK(*at++ == expected(row / y.h, row % y.h * stride - 3 + u, pixel * stride - 3 + v, c));
      }
  }
}

TEST_CASE("convolutions with few channels are ref for every number of channels", "[few_channels][every_isa]") {
  for (const int64_t few : {1, 2, 3, 4})
    for (const int64_t many : {16, 32, 48, 64, 80, 512})
      each_direction({1, 9, 8, 0}, few, many, 4, {1, 1}, check_is_ref);
}

TEST_CASE("convolutions with few channels are ref over several blocks of pixels and parts of rows",
          "[few_channels][every_isa]") {
  for (const int stride : {1, 2})
    for (const int64_t few : {1, 3}) each_direction({2, 21, 331, 0}, few, 16, 7, {stride, 3}, check_is_ref);
}

TEST_CASE("convolutions with few channels are the same bits with any number of threads", "[few_channels][every_isa]") {
  const int before = omp_get_max_threads();
  each_direction({2, 23, 97, 0}, 3, 48, 7, {1, 0}, [](const ConvCase& conv) {
    omp_set_num_threads(1);
    const std::vector<std::byte> alone = run_few_channels(conv);
    for (const int threads : {2, 3, 5}) {
      omp_set_num_threads(threads);
      CHECK(run_few_channels(conv) == alone);
    }
  });
  omp_set_num_threads(before);
}

TEST_CASE("few channels are computed first where oneDNN is slower", "[few_channels][every_isa]") {
  using Names = std::vector<std::string>;  // forward, backward data, backward weights
  CHECK(entries({1, 134, 134, 1}, 64, 7, {}) == Names{"rest", "first", "first"});
  CHECK(entries({1, 134, 134, 64}, 3, 7, {}) == Names{"first", "rest", "first"});
  CHECK(entries({2, 15, 15, 512}, 1, 4, {1, 1}) == Names{"first", "rest", "first"});
  CHECK(entries({2, 128, 128, 4}, 16, 4, {2, 1}) == Names{"rest", "first", "rest"});
  const Names none(3);
  CHECK(entries({1, 32, 32, 5}, 16, 7, {}) == none);
  CHECK(entries({1, 32, 32, 1}, 24, 7, {}) == none);
  CHECK(entries({1, 32, 32, 24}, 1, 7, {}) == none);
  CHECK(entries({1, 32, 32, 16}, 1, 7, {2, 3}) == none);
  CHECK(entries({1, 32, 32, 1}, 16, 7, {3, 3}) == none);
  CHECK(entries({1, 32, 32, 1}, 16, 8, {}) == none);
  CHECK(entries({1, 32, 32, 16}, 1, 1, {}) == none);
  CHECK(entries({1, 32, 32, 1}, 16, 3, {1, 3}) == none);
  CHECK(entries({1, 32, 32, 1}, 16, 7, {}, DType::bf16) == none);
}

}  // namespace tuna
