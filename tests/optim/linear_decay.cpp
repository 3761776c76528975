#include "optim/linear_decay.h"

#include "tests/catch.h"

namespace tuna {

TEST_CASE("the rate is constant and then decays linearly to 0", "[linear_decay]") {
  CHECK(linear_decay(2e-4, 0, 100, 100) == 2e-4);
  CHECK(linear_decay(2e-4, 100, 100, 100) == 2e-4);
  CHECK_THAT(linear_decay(2e-4, 101, 100, 100), WithinRel(2e-4 * 0.99, 1e-12));
  CHECK_THAT(linear_decay(2e-4, 150, 100, 100), WithinRel(1e-4, 1e-12));
  CHECK_THAT(linear_decay(2e-4, 199, 100, 100), WithinRel(2e-6, 1e-12));
  CHECK(linear_decay(2e-4, 200, 100, 100) == 0);
  CHECK(linear_decay(2e-4, 201, 100, 100) == 0);
}

TEST_CASE("a run may have no decay, or nothing else", "[linear_decay]") {
  CHECK(linear_decay(1, 4, 5, 0) == 1);
  CHECK(linear_decay(1, 5, 5, 0) == 0);
  CHECK(linear_decay(1, 0, 0, 4) == 1);
  CHECK(linear_decay(1, 3, 0, 4) == 0.25);
}

}  // namespace tuna
