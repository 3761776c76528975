#include "training/run/console.h"

#include "tests/catch.h"

namespace tuna {
namespace {

using std::chrono::milliseconds;

/// A rate that counts steps at simulated times.
struct Steps {
  RecentRate rate;
  RecentRate::Time now{};
  int64_t done = 0;

  Steps() { rate.begin(now, done); }
  void make(int64_t count, milliseconds each) {
    for (int64_t i = 0; i < count; ++i) rate.step(now += each, ++done);
  }
};

}  // namespace

TEST_CASE("the rate is that of the last minute", "[console]") {
  Steps steps;
  CHECK(steps.rate.per_second() == 0);
  steps.make(1, milliseconds(500));
  CHECK_THAT(steps.rate.per_second(), WithinAbs(2, 1e-9));
  steps.make(100, milliseconds(60000));  // while another program has the machine
  CHECK_THAT(steps.rate.per_second(), WithinAbs(1.0 / 60, 1e-3));
  steps.make(130, milliseconds(500));
  CHECK_THAT(steps.rate.per_second(), WithinAbs(2, 0.02));
  steps.make(200000, milliseconds(1));
  CHECK_THAT(steps.rate.per_second(), WithinAbs(1000, 5));
}

TEST_CASE("of steps longer than a minute the last ten count", "[console]") {
  Steps steps;
  steps.make(5, milliseconds(600000));
  steps.make(10, milliseconds(100000));
  CHECK_THAT(steps.rate.per_second(), WithinAbs(0.01, 1e-9));
  steps.make(1, milliseconds(200000));
  CHECK_THAT(steps.rate.per_second(), WithinAbs(10.0 / 1100, 1e-9));
}

TEST_CASE("a resumed run's rate does not count the steps before it", "[console]") {
  RecentRate rate;
  rate.begin({}, 1000);
  rate.step(RecentRate::Time() + std::chrono::seconds(2), 1001);
  CHECK_THAT(rate.per_second(), WithinAbs(0.5, 1e-9));
}

TEST_CASE("a line of progress", "[console]") {
  CHECK(progress_line("joint", 5, 20, 2.5, "steps") == "joint [#####...............] 5/20  2.50 steps/s  6.0 s left  ");
  CHECK(progress_line("translating", 3, 3, 10, "images")
        == "translating [####################] 3/3  10.00 images/s  0.0 s left  ");
  CHECK(progress_line("joint", 0, 20, 0, "steps") == "joint [....................] 0/20  ");
}

}  // namespace tuna
