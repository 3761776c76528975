// NaN: `ref` treats it as the headers of ops document, and comparisons with `ref` detect it.
#include "kernels/norm/instance_norm.h"
#include "kernels/pointwise/leaky_relu.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/scale.h"
#include "kernels/pool/max_pool2d.h"
#include "tests/catch.h"
#include "tests/op_table/op_checks.h"

namespace tuna {
namespace {

std::vector<double> output_of(const BuildRow& build) {
  RowRun run(build, DType::f64, Device::reference(), 1);
  run.run();
  return run.executable.get("output 0").values();
}

TEST_CASE("a rectifier leaves NaN as it is", "[engine][nan]") {
  const auto x = [](Draw& draw) { return draw.constant({1, 1, 3, 1}, {kNaN, -1, 1}); };
  for (const BuildRow& build : {BuildRow([=](Draw& draw) { return Tensors{relu(x(draw))}; }),
                                BuildRow([=](Draw& draw) { return Tensors{leaky_relu(x(draw), 0.5)}; })}) {
    const std::vector<double> y = output_of(build);
    CHECK(std::isnan(y[0]));
    CHECK(y[1] <= 0);
    CHECK(y[2] == 1);
  }
}

TEST_CASE("NaN wins in every window that contains it, and in no other", "[engine][nan]") {
  const std::vector<double> y = output_of([](Draw& draw) {
    return Tensors{max_pool2d(draw.constant({1, 2, 4, 1}, {9, kNaN, 9, 1, 3, 4, 5, 6}), 2, 1, 0)};
  });
  REQUIRE(y.size() == 3);
  CHECK(std::isnan(y[0]));
  CHECK(std::isnan(y[1]));
  CHECK(y[2] == 9);
}

TEST_CASE("of several NaN the last wins a window, of equal infinities the first, as in PyTorch", "[engine][nan]") {
  const BuildRow build = [](Draw& draw) {
    const Tensor x = draw.constant({1, 2, 4, 1}, {kNaN, 9, -kInfinity, -kInfinity, 1, kNaN, -kInfinity, -kInfinity});
    const Tensors out = record(MaxPool2d(2, 1, 0), {x});
    draw.also_compare(out[1]);
    return Tensors{out[0]};
  };
  RowRun run(build, DType::f64, Device::reference(), 1);
  run.run();
  CHECK(run.executable.get("compared 0").values() == std::vector<double>{5, 5, 2});
}

TEST_CASE("instance norm: NaN spoils its own sample and channel", "[engine][nan]") {
  const std::vector<double> y = output_of([](Draw& draw) {
    return Tensors{instance_norm(draw.with(draw.normal({2, 3, 3, 2}), {{5, kNaN}}))};
  });
  for (size_t i = 0; i < y.size(); ++i) CHECK(std::isnan(y[i]) == (i < 18 && i % 2 == 1));
}

TEST_CASE("NaN and infinity are not a small difference", "[engine][nan]") {
  CHECK(relative_l2({1, 2}, {1, 2}) == 0);
  CHECK(relative_l2({1, kInfinity}, {1, kInfinity}) == 0);
  for (const double stray : {kNaN, kInfinity, -kInfinity}) {
    CHECK(relative_l2({1, stray}, {1, 2}) == kInfinity);
    CHECK(relative_l2({1, 2}, {1, stray}) == kInfinity);
  }
  CHECK(relative_l2({kNaN}, {kNaN}) == kInfinity);
  CHECK(relative_l2({kNaN}, {kInfinity}) == kInfinity);
  CHECK(relative_l2({-kInfinity}, {kInfinity}) == kInfinity);
}

TEST_CASE("NaN in both is equal if one was drawn, and only then", "[engine][nan]") {
  const auto error_of = [](double found_factor, double found, double expected_factor, double expected) {
    const auto build = [](double factor, double x) {
      return [=](Draw& draw) { return Tensors{factor * draw.constant({1, 1, 1, 2}, {x, 1})}; };
    };
    RowRun left(build(found_factor, found), DType::f64, Device::reference(), 1);
    RowRun right(build(expected_factor, expected), DType::f64, Device::reference(), 1);
    left.run();
    right.run();
    return difference(left, right)[0].error;
  };
  CHECK(error_of(2, kNaN, 2, kNaN) == 0);
  CHECK(error_of(2, kNaN, 2, 1) == kInfinity);
  CHECK(error_of(2, 1, 2, kNaN) == kInfinity);
  CHECK(error_of(kInfinity, 0, kInfinity, 0) == kInfinity);
}

TEST_CASE("finite differences detect a gradient that is NaN", "[engine][nan]") {
  const BuildRow build = [](Draw& draw) { return Tensors{relu(draw.with(draw.normal({1, 1, 2, 2}), {{1, kNaN}}))}; };
  const std::vector<GradientReport> reports = check_gradients(build);
  REQUIRE(reports.size() == 1);
  CHECK_FALSE(reports[0].ok());
}

}  // namespace
}  // namespace tuna
