#include "kernels/random/random_tensor.h"

#include "engine/compile/compile.h"
#include "tests/catch.h"
#include "tests/gpu.h"

namespace tuna {
namespace {

std::vector<double> draws(const Device& device, std::vector<int32_t> counter, const std::string& stream, bool normal,
                          Shape shape = {1, 100, 101, 3}) {
  Program program;
  const Tensor counted = program.input("counter", Type{DType::i32, {1, 1, 1, 2}});
  program.output(
      "y", normal ? random_normal(program, shape, counted, stream) : random_uniform(program, shape, counted, stream));
  State state(0, device);
  Executable executable = compile(program, device, state);
  executable.set("counter", std::span<const int32_t>(counter));
  executable.run();
  return executable.get("y").values();
}

double moment(const std::vector<double>& values, double center, int power) {
  double sum = 0;
  for (const double value : values) sum += std::pow(value - center, power);
  return sum / double(values.size());
}

double correlation(const std::vector<double>& a, const std::vector<double>& b, size_t lag = 0) {
  double sum = 0;
  for (size_t i = 0; i + lag < a.size(); ++i) sum += a[i] * b[i + lag];
  return sum / double(a.size());
}

void check_words(const Device& device) {
  const PhiloxBlock first = philox({0, 0, 9, stream_id("flip")}, 7), third = philox({2, 0, 9, stream_id("flip")}, 7);
  const std::vector<double> found = draws(device, {7, 9}, "flip", false);
  CHECK(found[0] == double(uniform_from_bits(first[0])));
  CHECK(found[3] == double(uniform_from_bits(first[3])));
  CHECK(found[10] == double(uniform_from_bits(third[2])));
}

}  // namespace

TEST_CASE("random_uniform gives the words of philox", "[random_uniform]") {
  for (const Device& device : {Device::cpu(), Device::emulated()}) check_words(device);
}

TEST_CASE("random_uniform on a GPU gives the words of philox", "[random_uniform][gpu]") {
  if (!no_gpu()) check_words(Device::cuda());
}

TEST_CASE("uniform draws are uniform", "[random_uniform]") {
  const std::vector<double> found = draws(Device::cpu(), {1, 0}, "a", false);
  for (const double value : found) REQUIRE((value > 0 && value <= 1));
  CHECK_THAT(moment(found, 0, 1), WithinAbs(0.5, 0.008));
  CHECK_THAT(moment(found, 0.5, 2), WithinAbs(1 / 12.0, 0.003));
}

TEST_CASE("normal draws are normal, and independent of seed, step, stream and neighbour", "[random_normal]") {
  const std::vector<double> found = draws(Device::cpu(), {1, 0}, "a", true);
  CHECK_THAT(moment(found, 0, 1), WithinAbs(0, 0.03));
  CHECK_THAT(moment(found, 0, 2), WithinAbs(1, 0.04));
  CHECK_THAT(moment(found, 0, 3), WithinAbs(0, 0.1));
  CHECK_THAT(moment(found, 0, 4), WithinAbs(3, 0.3));
  for (size_t lag = 1; lag <= 5; ++lag) CHECK_THAT(correlation(found, found, lag), WithinAbs(0, 0.03));
  CHECK_THAT(correlation(found, draws(Device::cpu(), {2, 0}, "a", true)), WithinAbs(0, 0.03));
  CHECK_THAT(correlation(found, draws(Device::cpu(), {1, 1}, "a", true)), WithinAbs(0, 0.03));
  CHECK_THAT(correlation(found, draws(Device::cpu(), {1, 0}, "b", true)), WithinAbs(0, 0.03));
}

TEST_CASE("an element does not depend on how many there are", "[random_normal]") {
  const std::vector<double> many = draws(Device::cpu(), {1, 0}, "a", true);
  const std::vector<double> few = draws(Device::cpu(), {1, 0}, "a", true, {1, 3, 2, 1});
  for (size_t i = 0; i < few.size(); ++i) CHECK(few[i] == many[i]);
}

}  // namespace tuna
