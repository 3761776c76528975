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

TEST_CASE("what a thread throws is thrown to the caller", "[data]") {
  for (const int threads : {1, 3})
    REQUIRE_THROWS_WITH(run_on_threads(50, threads,
                                       [](size_t i) {
                                         if (i == 7) throw std::runtime_error("item 7");
                                       }),
                        "item 7");
}

}  // namespace tuna
