#include "kernels/conv/heaviest.h"

#include "kernels/conv/conv2d.h"
#include "tests/catch.h"

namespace tuna {
namespace {

Tensor convolve(Program& program, const std::string& name, int64_t side, int64_t channels, int64_t out) {
  return conv2d(program.input(name, Shape{1, side, side, channels}),
                program.input(name + ".weight", Shape{out, 3, 3, channels}), {.padding = 1});
}

std::vector<int64_t> channels(const std::vector<WeighedConvolution>& convolutions) {
  std::vector<int64_t> found;
  for (const WeighedConvolution& each : convolutions) found.push_back(each.step.problem.channels);
  return found;
}

}  // namespace

TEST_CASE("convolutions are ordered by the least time of all their steps", "[tune]") {
  Program program;
  convolve(program, "wide", 16, 64, 64);                                                   // 18.9 MFLOP, 0.28 MB
  convolve(program, "large", 64, 1, 2);                                                    // 0.15 MFLOP, 0.05 MB
  for (const char* name : {"a", "b", "c", "d", "e"}) convolve(program, name, 16, 32, 32);  // each 4.7 MFLOP, 0.1 MB

  const std::vector<WeighedConvolution> by_flops = heaviest_first(program, Precision::fp32, {1e9, 1e12});
  CHECK(channels(by_flops) == std::vector<int64_t>{32, 64, 1});
  CHECK((by_flops[0].count == 5 && by_flops[1].count == 1));
  CHECK(by_flops[0].seconds == Approx(5 * 2.0 * 16 * 16 * 32 * 9 * 32 / 1e9));
  CHECK(by_flops[0].key == conv_key(ConvDirection::forward, by_flops[0].step.problem, Precision::fp32));

  const std::vector<WeighedConvolution> by_bytes = heaviest_first(program, Precision::fp32, {1e15, 1e6});
  CHECK(channels(by_bytes) == std::vector<int64_t>{32, 64, 1});
  CHECK(by_bytes[2].seconds == Approx(4.0 * (3 * 64 * 64 + 2 * 9) / 1e6));
}

TEST_CASE("convolutions of equal weight are in the order of their keys", "[tune]") {
  Program program;
  for (const int64_t side : {32, 16})
    for (const int64_t channels : {16, 64}) convolve(program, fmt::format("{} {}", side, channels), side, channels, 8);
  const std::vector<WeighedConvolution> found = heaviest_first(program, Precision::fp32, {INFINITY, INFINITY});
  REQUIRE(found.size() == 4);
  for (size_t i = 1; i < found.size(); ++i) CHECK(found[i - 1].key < found[i].key);
}

}  // namespace tuna
