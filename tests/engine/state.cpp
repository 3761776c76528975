#include "engine/state.h"

#include <cmath>
#include <cstring>

#include "tests/catch.h"

namespace tuna {
namespace {

StateValue value(const std::string& name, Initial initial, DType dtype = DType::f32, Shape shape = {1, 1, 1, 1000}) {
  return {name, Type{dtype, shape}, initial, Role::parameter, FileLayout::vector, 0, 0};
}

std::vector<float> floats(const View& view) {
  return {view.data<float>(), view.data<float>() + view.type.shape.count()};
}

}  // namespace

TEST_CASE("initial values depend on the seed and the name alone", "[engine][state]") {
  const StateValue a = value("F_A.conv1.weight", Initial::normal(0, 0.02)), b = value("F_P.conv1.weight", a.initial);
  State one(5), two(5), other_seed(6);
  const std::vector<float> first = floats(one.ensure(a));
  one.ensure(b);
  two.ensure(b);  // in another order, after others
  two.ensure(value("between", Initial::uniform(1)));
  CHECK(floats(two.ensure(a)) == first);
  CHECK(floats(two.at(b.name)) == floats(one.at(b.name)));
  CHECK(floats(one.at(b.name)) != first);
  CHECK(floats(other_seed.ensure(a)) != first);
}

TEST_CASE("initial values are distributed as asked", "[engine][state]") {
  State state(1);
  const auto moments = [&](const char* name, Initial initial) {
    double sum = 0, squares = 0;
    const std::vector<float> drawn = floats(state.ensure(value(name, initial, DType::f32, {1, 1, 1, 40000})));
    for (const double x : drawn) {
      sum += x;
      squares += x * x;
    }
    const double mean = sum / double(drawn.size());
    return std::pair(mean, std::sqrt(squares / double(drawn.size()) - mean * mean));
  };
  const auto normal = moments("normal", Initial::normal(3, 0.5)), uniform = moments("uniform", Initial::uniform(2));
  CHECK_THAT(normal.first, WithinAbs(3, 0.02));
  CHECK_THAT(normal.second, WithinAbs(0.5, 0.02));
  CHECK_THAT(uniform.first, WithinAbs(0, 0.05));
  CHECK_THAT(uniform.second, WithinAbs(2 / std::sqrt(3.0), 0.02));
  for (const float x : floats(state.at("uniform"))) REQUIRE(std::fabs(x) <= 2);
  for (const float x : floats(state.ensure(value("constant", Initial::constant(1.5))))) REQUIRE(x == 1.5f);
}

TEST_CASE("f64 values are those of f32 before rounding", "[engine][state]") {
  State single(5), wide(5);
  const View f32 = single.ensure(value("w", Initial::normal(0, 1)));
  const View f64 = wide.ensure(value("w", Initial::normal(0, 1), DType::f64));
  for (int64_t i = 0; i < f32.type.shape.count(); ++i) REQUIRE(f32.data<float>()[i] == float(f64.data<double>()[i]));
}

TEST_CASE("a value that is there stays as it is", "[engine][state]") {
  State state(5);
  state.ensure(value("w", Initial::constant(1))).data<float>()[3] = 7;
  CHECK(state.ensure(value("w", Initial::constant(2))).data<float>()[3] == 7);
  REQUIRE_THROWS_WITH(state.ensure(value("w", Initial::constant(1), DType::f64)),
                      Contains("state 'w': holds f32 1x1x1x1000, the program declares f64 1x1x1x1000"));
  REQUIRE_THROWS_WITH(state.at("v"), Contains("holds no 'v'"));
}

TEST_CASE("names are listed by prefix, and memory is counted", "[engine][state]") {
  State state;
  for (const char* name : {"F_P.b", "F_A.b", "F_A.a", "F_AB.a"}) state.ensure(value(name, Initial::constant(0)));
  CHECK(state.names("F_A.") == std::vector<std::string>{"F_A.a", "F_A.b"});
  CHECK(state.names().size() == 4);
  CHECK(state.names("G").empty());
  CHECK(state.bytes() == 4 * 4000);
}

TEST_CASE("a network is copied under another name", "[engine][state]") {
  State state(5);
  const std::vector<float> source = floats(state.ensure(value("F_A.new", Initial::normal(0, 1))));
  state.ensure(value("F_A.both", Initial::constant(1)));
  state.ensure(value("F_P.both", Initial::constant(2)));
  state.copy("F_A.", "F_P.");
  CHECK(floats(state.at("F_P.new")) == source);
  CHECK(floats(state.at("F_P.both")) == floats(state.at("F_A.both")));
  CHECK(state.layout("F_P.new") == FileLayout::vector);
  state.at("F_P.new").data<float>()[0] = 9;  // a copy, not a second name
  CHECK(floats(state.at("F_A.new")) == source);
}

TEST_CASE("memory lies on 64-byte borders", "[engine][state]") {
  for (const size_t bytes : {0, 1, 63, 64, 1000}) {
    const AlignedMemory memory = allocate_aligned(bytes);
    CHECK(reinterpret_cast<uintptr_t>(memory.get()) % 64 == 0);
  }
}

}  // namespace tuna
