#include "engine/program/program.h"

#include "kernels/loss/mse.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/scale.h"
#include "tests/catch.h"

namespace tuna {

constexpr Type kScalar{DType::f32, {1, 1, 1, 1}};

TEST_CASE("scopes name states and steps", "[engine]") {
  Program program;
  Tensor weight;
  {
    const Scope net(program, "G_AP");
    const Scope layer(program, "1");
    weight = program.state("weight", kScalar, Initial::constant(1), Role::parameter);
    2 * weight;
  }
  CHECK(program.scope().empty());
  CHECK(program.value(weight.id).name == "G_AP.1.weight");
  CHECK(program.steps().at(0).scope == "G_AP.1");
}

TEST_CASE("a state declared twice is one value", "[engine]") {
  Program program;
  const Tensor first = program.state("G.weight", kScalar, Initial::constant(1));
  const Scope scope(program, "G");
  CHECK(program.state("weight", kScalar, Initial::constant(1)) == first);
  CHECK(program.states().size() == 1);
  REQUIRE_THROWS_WITH(program.state("weight", Type{DType::f64, {1, 1, 1, 1}}, Initial::constant(1)),
                      Contains("state 'G.weight': declared as f32 1x1x1x1, now as f64 1x1x1x1"));
}

TEST_CASE("a state reads as what was stored last", "[engine]") {
  Program program;
  const Tensor state = program.state("count", kScalar, Initial::constant(1));
  CHECK(program.latest(state) == state);
  const Tensor twice = 2 * state;
  program.store(state, twice);
  CHECK(program.latest(state) == twice);
  const Tensor vector = program.input("vector", {1, 1, 1, 2});
  REQUIRE_THROWS_WITH(program.store(state, vector), Contains("state 'count': is f32 1x1x1x1, cannot hold f32 1x1x1x2"));
  REQUIRE_THROWS_WITH(program.latest(twice), Contains("not a state value"));
}

TEST_CASE("states are found by prefix and role, in the order of their declaration", "[engine]") {
  Program program;
  const auto declare = [&](const char* name, Role role) { return program.state(name, kScalar, {}, role); };
  const Tensor b = declare("G.b", Role::parameter);
  declare("G.bias", Role::inert);
  declare("D.a", Role::parameter);
  const Tensor a = declare("G.a", Role::parameter);
  CHECK(program.states("G.", Role::parameter) == Tensors{b, a});
  CHECK(program.states("G.", Role::buffer).empty());
}

TEST_CASE("names and programs are not mixed up", "[engine]") {
  Program program, other;
  const Tensor x = program.input("x", {1, 2, 2, 1}), theirs = other.input("x", {1, 2, 2, 1});
  REQUIRE_THROWS_WITH(program.input("x", {1, 1, 1, 1}), Contains("input 'x' is declared twice"));
  program.output("y", x);
  REQUIRE_THROWS_WITH(program.output("y", x), Contains("output 'y' is declared twice"));
  REQUIRE_THROWS_WITH(program.output("z", theirs), Contains("output 'z' belongs to another program"));
  REQUIRE_THROWS_WITH(x + theirs, Contains("add: input 1 was recorded in another program"));
  REQUIRE_THROWS_WITH(x + Tensor(), Contains("add: input 1 was never recorded"));
}

TEST_CASE("an error of recording names the module", "[engine]") {
  Program program;
  const Tensor x = program.input("x", {1, 2, 2, 1}), y = program.input("y", {1, 2, 3, 1});
  REQUIRE_THROWS_WITH(mse(x, y), Contains("mse: f32 1x2x2x1 and f32 1x2x3x1 differ"));
  const Scope scope(program, "F_A.layer1");
  REQUIRE_THROWS_WITH(x + y, Contains("F_A.layer1: add: f32 1x2x2x1 and f32 1x2x3x1 differ"));
}

}  // namespace tuna
