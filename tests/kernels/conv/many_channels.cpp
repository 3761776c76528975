// Gradients of convolutions of many channels at every size that is computed, also where it does not pay.
#include <omp.h>

#include "kernels/conv/conv2d.h"
#include "kernels/conv/cpu/many_channels/directions.h"
#include "kernels/conv/tables.h"
#include "tests/catch.h"
#include "tests/kernels/conv/conv_case.h"
#include "tests/op_table/op_checks.h"

namespace tuna {
namespace {

constexpr double kTolerance = 1e-6;  // relative rms

struct Layer {
  Shape x;
  int64_t out_channels, kernel;
  Convolution convolution;

  Shape weight() const { return {out_channels, kernel, kernel, x.c}; }
  Shape y() const { return Conv2d(convolution).infer({{DType::f32, x}, {DType::f32, weight()}})[0].shape; }
  ConvProblem problem() const { return conv_problem(x, weight(), y(), convolution); }
};

// Of both gradients.
template <class Check>
void each_gradient(const Layer& layer, Check check) {
  INFO(layer.problem().name());
  const Conv2dBackwardData data(layer.convolution, layer.x.h, layer.x.w);
  const Conv2dBackwardWeight weight(layer.convolution, layer.kernel, layer.kernel);
  for (const ConvCase& conv : {ConvCase(data, {layer.y(), layer.weight()}), ConvCase(weight, {layer.x, layer.y()})}) {
    INFO(conv.op.name());
    REQUIRE(conv_cpu::many::is_computed(conv.step.problem));
    check(conv);
  }
}

std::vector<std::byte> run(const ConvCase& conv, int threads) {
  Device cpu = Device::cpu();
  cpu.threads = threads;
  const Prepared kernel = cpu_algorithm("many_channels").prepare(conv.step.direction, conv.step.problem, cpu);
  return run_guarded(kernel, conv.inputs, conv.output);
}

void check_gradients(const Layer& layer) {
  each_gradient(layer, [](const ConvCase& conv) {
    HostTensor found(conv.output);
    found.bytes() = run(conv, 2);
    CHECK(relative_l2(found.values(), conv.expected) <= kTolerance);
  });
}

std::vector<std::string> fitting(const Layer& layer) {
  std::vector<std::string> names;
  for (const ConvDirection direction :
       {ConvDirection::forward, ConvDirection::backward_data, ConvDirection::backward_weight})
    names.push_back(fitting_algorithms(direction, layer.problem(), Device::cpu()).front().name);
  return names;
}

}  // namespace

TEST_CASE("gradients of many channels are ref for every kernel, stride and padding", "[many_channels][every_isa]") {
  for (int kernel = 1; kernel <= 5; ++kernel)
    for (int stride = 1; stride <= 3; ++stride)
      for (int padding = 0; padding < kernel; ++padding)
        for (const auto& [height, width] : {std::pair(5, 8), std::pair(8, 7), std::pair(6, 5)})
          check_gradients({{2, height, width, 16}, 16, kernel, {stride, padding}});
}

TEST_CASE("gradients of many channels are ref for every number of panels", "[many_channels][every_isa]") {
  for (const int64_t channels : {16, 48})
    for (const int64_t out_channels : {16, 32, 48, 64, 80, 112, 144})
      check_gradients({{1, 7, 9, channels}, out_channels, 3, {2, 1}});
}

TEST_CASE("gradients of many channels are ref over several blocks of pixels", "[many_channels][every_isa]") {
  check_gradients({{1, 61, 70, 16}, 16, 3, {2, 1}});   // of rows
  check_gradients({{2, 41, 33, 16}, 32, 4, {1, 1}});   // of two samples
  check_gradients({{21, 12, 10, 16}, 16, 4, {2, 1}});  // of several samples each
  check_gradients({{2, 5, 1100, 16}, 16, 3, {2, 1}});  // a row is longer than a block
}

TEST_CASE("gradients of many channels are the same bits with any number of threads", "[many_channels][every_isa]") {
  const int before = omp_get_max_threads();
  for (const Layer& layer : {Layer{{3, 40, 44, 48}, 112, 3, {2, 1}}, Layer{{30, 8, 8, 48}, 112, 4, {2, 1}}})
    each_gradient(layer, [](const ConvCase& conv) {
      omp_set_num_threads(2);
      const std::vector<std::byte> alone = run(conv, 1);
      for (const int threads : {1, 2, 3, 5})
        for (const int prepared_for : {2, 3, 5, 64}) {
          omp_set_num_threads(threads);
          CHECK(run(conv, prepared_for) == alone);
        }
    });
  omp_set_num_threads(before);
}

TEST_CASE("gradients of many channels are the first of strided kernels with enough channels",
          "[many_channels][every_isa]") {
  for (const Layer& layer : {Layer{{1, 128, 128, 64}, 128, 3, {2, 1}}, Layer{{1, 32, 32, 64}, 128, 4, {2, 1}},
                             Layer{{2, 32, 32, 256}, 512, 4, {1, 1}}, Layer{{1, 8, 16, 32}, 32, 3, {2, 0}}}) {
    INFO(layer.problem().name());
    const std::vector<std::string> names = fitting(layer);
    CHECK(names[0] != "many_channels");
    CHECK(names[1] == "many_channels");
    CHECK(names[2] == "many_channels");
  }
  const std::vector<std::string> of_narrow_image = fitting({{2, 8, 15, 64}, 64, 3, {2, 1}});
  CHECK(of_narrow_image[1] != "many_channels");
  CHECK(of_narrow_image[2] == "many_channels");
  const std::vector<std::string> of_short_rows = fitting({{2, 16, 16, 256}, 512, 4, {1, 1}});
  CHECK(of_short_rows[1] == "many_channels");
  CHECK(of_short_rows[2] != "many_channels");
  for (const Layer& layer : {Layer{{1, 32, 32, 64}, 128, 1, {2, 0}}, Layer{{1, 32, 32, 40}, 64, 3, {2, 1}},
                             Layer{{1, 32, 32, 64}, 40, 3, {2, 1}}, Layer{{1, 32, 32, 16}, 32, 3, {2, 1}},
                             Layer{{1, 32, 32, 64}, 64, 3, {2, 3}}, Layer{{1, 32, 32, 64}, 64, 3, {1, 1}}}) {
    INFO(layer.problem().name());
    for (const std::string& name : fitting(layer)) CHECK(name != "many_channels");
  }
}

}  // namespace tuna
