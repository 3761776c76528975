#include "engine/compile/state.h"

#include <cmath>

#include "tests/catch.h"

namespace tuna {
namespace {

StateValue value(const std::string& name, Initial initial, DType dtype = DType::f32, Shape shape = {1, 1, 1, 1000}) {
  return {name, Type{dtype, shape}, initial, Role::parameter, FileLayout::vector, 0, 0};
}

/// The value in this state, initialised if it is new.
std::vector<double> ensured(State& state, const StateValue& value) {
  state.ensure(value);
  return state.read(value.name).values();
}

}  // namespace

TEST_CASE("initial values depend on the seed and the name alone", "[engine][state]") {
  const StateValue a = value("F_A.conv1.weight", Initial::normal(0, 0.02)), b = value("F_P.conv1.weight", a.initial);
  State one(5), two(5), other_seed(6);
  const std::vector<double> first = ensured(one, a);
  one.ensure(b);
  two.ensure(b);  // in another order, after others
  two.ensure(value("between", Initial::uniform(1)));
  CHECK(ensured(two, a) == first);
  CHECK(two.read(b.name).values() == one.read(b.name).values());
  CHECK(one.read(b.name).values() != first);
  CHECK(ensured(other_seed, a) != first);
}

TEST_CASE("initial values have the distribution that was requested", "[engine][state]") {
  State state(1);
  const auto moments = [&](const char* name, Initial initial) {
    double sum = 0, squares = 0;
    const std::vector<double> drawn = ensured(state, value(name, initial, DType::f32, {1, 1, 1, 40000}));
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
  for (const double x : state.read("uniform").values()) REQUIRE(std::fabs(x) <= 2);
  for (const double x : ensured(state, value("constant", Initial::constant(1.5)))) REQUIRE(x == 1.5);
}

TEST_CASE("values of a state for loaded weights are zero until then", "[engine][state]") {
  State state = State::of_zeros(Device::cpu());
  CHECK(ensured(state, value("normal", Initial::normal(0, 1))) == std::vector<double>(1000, 0));
  CHECK(ensured(state, value("ones", Initial::constant(1))) == std::vector<double>(1000, 0));
}

TEST_CASE("f64 values are those of f32 before rounding", "[engine][state]") {
  State single(5), wide(5);
  const std::vector<double> f32 = ensured(single, value("w", Initial::normal(0, 1)));
  const std::vector<double> f64 = ensured(wide, value("w", Initial::normal(0, 1), DType::f64));
  for (size_t i = 0; i < f32.size(); ++i) REQUIRE(float(f32[i]) == float(f64[i]));
}

TEST_CASE("a value that exists stays as it is", "[engine][state]") {
  State state(5);
  state.ensure(value("w", Initial::constant(1)));
  state.write("w", HostTensor(state.type("w"), std::vector<double>(1000, 7)));
  CHECK(ensured(state, value("w", Initial::constant(2))) == std::vector<double>(1000, 7));
  REQUIRE_THROWS_WITH(state.ensure(value("w", Initial::constant(1), DType::f64)),
                      Contains("state 'w': holds f32 1x1x1x1000, the program declares f64 1x1x1x1000"));
  REQUIRE_THROWS_WITH(state.read("v"), Contains("holds no 'v'"));
  REQUIRE_THROWS_WITH(state.write("w", HostTensor(Type{DType::f32, {1, 1, 1, 3}})),
                      Contains("state 'w': is f32 1x1x1x1000, cannot hold f32 1x1x1x3"));
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
  const std::vector<double> source = ensured(state, value("F_A.new", Initial::normal(0, 1)));
  state.ensure(value("F_A.both", Initial::constant(1)));
  state.ensure(value("F_P.both", Initial::constant(2)));
  state.copy("F_A.", "F_P.");
  CHECK(state.read("F_P.new").values() == source);
  CHECK(state.read("F_P.both").values() == std::vector<double>(1000, 1));
  CHECK(state.layout("F_P.new") == FileLayout::vector);
  state.write("F_P.new", HostTensor(state.type("F_P.new"), std::vector<double>(1000, 9)));  // a copy, not a second name
  CHECK(state.read("F_A.new").values() == source);
}

}  // namespace tuna
