#include "kernels/conv/fastest.h"

#include <map>

#include "tests/catch.h"

namespace tuna {

TEST_CASE("tune times all candidates briefly and the best few in turns", "[tune]") {
  std::vector<int> candidates(10), order;
  for (int i = 0; i < 10; ++i) candidates[size_t(i)] = 9 - i;
  const auto briefly = [](int candidate) {
    check(candidate != 1, "does not run");
    return double(candidate);
  };
  const auto again = [&](int candidate) {
    order.push_back(candidate);
    check(candidate != 3, "does not run a second time");
    return candidate == 4 ? 0.5 : 10.0;
  };
  const auto found = fastest(candidates, briefly, again);
  REQUIRE(found);
  CHECK(found->candidate == 4);
  CHECK(found->time == 0.5);
  REQUIRE(order.size() == 1 + 3 * kRounds);
  CHECK(std::vector<int>(order.begin(), order.begin() + 7) == std::vector<int>{0, 2, 3, 4, 0, 2, 4});
}

TEST_CASE("tune is not misled by a machine that slows down, or by one slow round", "[tune]") {
  double slower = 0;
  std::map<int, int> timed;  // how often
  const auto again = [&](int candidate) {
    slower += 0.1;
    return (candidate == 1 ? 10 : 10.5) + slower + (candidate == 1 && ++timed[candidate] == 3 ? 1000 : 0);
  };
  for (const std::vector<int>& candidates : {std::vector<int>{1, 2}, std::vector<int>{2, 1}}) {
    slower = 0;
    timed.clear();
    const auto found = fastest(
        candidates, [](int) { return 1.0; }, again);
    REQUIRE(found);
    CHECK(found->candidate == 1);
  }
}

TEST_CASE("tune finds nothing if no candidate can be timed", "[tune]") {
  const auto never = [](int) -> double { fail("does not run"); };
  const auto one = [](int) { return 1.0; };
  CHECK_FALSE(fastest(std::vector<int>{1, 2}, never, one));
  CHECK_FALSE(fastest(std::vector<int>{1, 2}, one, never));
  CHECK_FALSE(fastest(std::vector<int>{}, one, one));
}

}  // namespace tuna
