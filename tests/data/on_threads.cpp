#include "data/on_threads.h"

#include <stdexcept>

#include "tests/catch.h"

namespace tuna {

TEST_CASE("each item is worked on once, by any number of threads", "[data]") {
  for (const int threads : {1, 2, 5}) {
    std::vector<int> count(100, 0);
    run_on_threads(count.size(), threads, [&](size_t i) { ++count[i]; });
    CHECK(count == std::vector<int>(100, 1));
    run_on_threads(0, threads, [](size_t) { throw std::runtime_error("nothing to do"); });
  }
}

TEST_CASE("progress counts every item once, and may end the work", "[data]") {
  for (const int threads : {1, 3}) {
    std::vector<size_t> counts;
    run_on_threads(
        20, threads, [](size_t) {}, [&](size_t done) { counts.push_back(done); });
    REQUIRE(counts.size() == 20);
    for (size_t i = 0; i < counts.size(); ++i) CHECK(counts[i] == i + 1);
    const auto stop = [](size_t done) {
      if (done == 5) throw std::runtime_error("stopped");
    };
    REQUIRE_THROWS_WITH(run_on_threads(
                            50, threads, [](size_t) {}, stop),
                        "stopped");
  }
}

TEST_CASE("what a thread throws is thrown to the caller", "[data]") {
  for (const int threads : {1, 3})
    REQUIRE_THROWS_WITH(run_on_threads(50, threads,
                                       [](size_t i) {
                                         if (i == 7) throw std::runtime_error("item 7");
                                       }),
                        "item 7");
}

}  // namespace tuna
