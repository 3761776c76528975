#include "tools/tune_rounds.h"

#include "tests/catch.h"

namespace tuna {

TEST_CASE("tune times all candidates briefly and the best few at length", "[tune]") {
  std::vector<int> candidates(10), at_length;
  for (int i = 0; i < 10; ++i) candidates[size_t(i)] = 9 - i;
  const auto briefly = [](int candidate) {
    check(candidate != 1, "does not run");
    return double(candidate);
  };
  const auto carefully = [&](int candidate) {
    at_length.push_back(candidate);
    check(candidate != 3, "does not run a second time");
    return candidate == 4 ? 0.5 : 10.0;
  };
  const auto found = fastest(candidates, briefly, carefully);
  REQUIRE(found);
  CHECK(found->candidate == 4);
  CHECK(found->time == 0.5);
  CHECK(at_length == std::vector<int>{0, 2, 3, 4});
}

TEST_CASE("tune finds nothing where no candidate can be timed", "[tune]") {
  const auto never = [](int) -> double { fail("does not run"); };
  const auto one = [](int) { return 1.0; };
  CHECK_FALSE(fastest(std::vector<int>{1, 2}, never, one));
  CHECK_FALSE(fastest(std::vector<int>{1, 2}, one, never));
  CHECK_FALSE(fastest(std::vector<int>{}, one, one));
}

}  // namespace tuna
