// Every shape class of convolution on backend cpu, by every algorithm that fits.  Libraries have been wrong in corners
// of them, on some instruction sets only, so ctest runs this with oneDNN limited to each of those (labels.cmake).
#include <set>

#include "kernels/conv/conv2d.h"
#include "kernels/conv/tables.h"
#include "tests/catch.h"
#include "tests/kernels/conv/conv_case.h"
#include "tests/op_table/op_checks.h"

namespace tuna {
namespace {

void check_kernels(const Op& op, const std::vector<Shape>& shapes) {
  constexpr double kTolerance = 1e-5;
  const ConvCase conv(op, shapes);
  Device device = Device::cpu();
  const ConvAlgorithms algorithms = fitting_algorithms(conv.step.direction, conv.step.problem, device);
  CHECK_FALSE(algorithms.empty());
  for (const ConvAlgorithm& algorithm : algorithms) {
    INFO(op.name() << " by " << algorithm.name);
    const Prepared kernel = algorithm.prepare(conv.step.direction, conv.step.problem, device);
    HostTensor found(conv.output);
    found.bytes() = run_guarded(kernel, conv.inputs, conv.output);
    CHECK(relative_l2(found.values(), conv.expected) <= kTolerance);
    CHECK(found.bytes() == run_guarded(kernel, conv.inputs, conv.output));
  }
}

void check_three_directions(const Shape& x, const Shape& weight, Convolution convolution) {
  INFO(fmt::format("x {}, weight {}, stride {}, padding {}", x, weight, convolution.stride, convolution.padding));
  const Conv2d forward(convolution);
  const Shape y = forward.infer({{DType::f32, x}, {DType::f32, weight}})[0].shape;
  check_kernels(forward, {x, weight, Shape{1, 1, 1, weight.n}});
  check_kernels(Conv2dBackwardData(convolution, x.h, x.w), {y, weight});
  check_kernels(Conv2dBackwardWeight(convolution, weight.h, weight.w), {x, y});
}

void check_shapes(int64_t kernel) {
  constexpr int64_t kMostChannels = 20;
  for (const int stride : {1, 2})
    for (const int padding : std::set<int>{0, int(kernel - 1) / 2})
      for (int64_t channels = 1; channels <= kMostChannels; ++channels)
        for (const int64_t samples : {1, 2, 3})
          for (const auto& [height, width] : {std::pair(8, 10), std::pair(9, 7)}) {
            const int64_t out_channels = 1 + (7 * channels + 3 * samples + height) % kMostChannels;
            check_three_directions({samples, height, width, channels}, {out_channels, kernel, kernel, channels},
                                   {stride, padding});
          }
}

}  // namespace

TEST_CASE("convolutions 1x1 of all channels, strides and sizes are ref on the cpu", "[conv_shapes][every_isa]") {
  check_shapes(1);
}
TEST_CASE("convolutions 3x3 of all channels, strides and sizes are ref on the cpu", "[conv_shapes][every_isa]") {
  check_shapes(3);
}
TEST_CASE("convolutions 3x3 of many channels are ref on the cpu", "[conv_shapes][every_isa]") {
  for (const int padding : {0, 1})
    for (const int64_t channels : {32, 40, 48, 80})
      for (const int64_t out_channels : {32, 64, 72})
        for (const auto& [samples, height, width] :
             {std::tuple(1, 18, 19), std::tuple(2, 13, 15), std::tuple(3, 8, 23)})
          check_three_directions({samples, height, width, channels}, {out_channels, 3, 3, channels}, {1, padding});
}
TEST_CASE("strided convolutions of many channels are ref on the cpu", "[conv_shapes][every_isa]") {
  for (const int kernel : {3, 4})
    for (const int padding : {0, 1})
      for (const int64_t channels : {32, 40, 48})
        for (const int64_t out_channels : {32, 80})
          for (const auto& [samples, height, width] :
               {std::tuple(1, 18, 19), std::tuple(2, 13, 15), std::tuple(3, 8, 23)})
            check_three_directions({samples, height, width, channels}, {out_channels, kernel, kernel, channels},
                                   {2, padding});
}
TEST_CASE("convolutions 4x4 of all channels, strides and sizes are ref on the cpu", "[conv_shapes][every_isa]") {
  check_shapes(4);
}
TEST_CASE("convolutions 7x7 of all channels, strides and sizes are ref on the cpu", "[conv_shapes][every_isa]") {
  check_shapes(7);
}

}  // namespace tuna
