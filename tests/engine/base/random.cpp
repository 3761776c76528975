#include "engine/base/random.h"

#include "tests/catch.h"

namespace tuna {

TEST_CASE("philox gives the known answers of its authors' Random123 1.09", "[random]") {
  CHECK(philox({0, 0, 0, 0}, 0) == PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({~0u, ~0u, ~0u, ~0u}, ~0ull) == PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
}

TEST_CASE("a draw depends on seed, stream, step and sample, not on earlier draws", "[random]") {
  Random first(1, "order", 7, 3), again(1, "order", 7, 3), other(1, "flip", 7, 3);
  const double draw = first.normal();
  CHECK(again.normal() == draw);
  CHECK(other.normal() != draw);
}

TEST_CASE("uniform stays in (0, 1] and below(n) under n", "[random]") {
  Random random(2, "test");
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double u = random.uniform();
    REQUIRE((u > 0 && u <= 1));
    REQUIRE(random.below(7) < 7);
    sum += u;
  }
  CHECK_THAT(sum / 10000, WithinAbs(0.5, 0.02));
}

}  // namespace tuna
