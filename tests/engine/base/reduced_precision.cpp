// Tests of the reduced-precision types: every bit pattern, and rounding to nearest even.
#include "engine/base/reduced_precision.h"

#include <cmath>

#include "tests/catch.h"

namespace tuna {
namespace {

template <class Short>
Short with_bits(uint16_t bits) {
  Short value;
  value.bits = bits;
  return value;
}

// A value between two neighbours is rounded to the nearer one, in the middle to the even one.
template <class Short>
void check_rounding(uint16_t smallest, uint16_t largest) {
  for (uint16_t bits = smallest; bits < largest; ++bits) {
    const float low = with_bits<Short>(bits), high = with_bits<Short>(uint16_t(bits + 1));
    const float middle = low + (high - low) / 2;
    INFO(bits);
    REQUIRE(low < high);
    REQUIRE(Short(low).bits == bits);
    REQUIRE(Short(middle).bits == (bits % 2 == 0 ? bits : bits + 1));
    REQUIRE(Short(std::nextafter(middle, low)).bits == bits);
    REQUIRE(Short(std::nextafter(middle, high)).bits == bits + 1);
    REQUIRE(Short(-middle).bits == (Short(middle).bits | 0x8000));
    REQUIRE(float(Short(-low)) == -low);
  }
}

}  // namespace

TEST_CASE("f16 rounds to the nearest, ties to even, subnormal numbers too", "[device][reduced_precision]") {
  check_rounding<f16>(0, 0x7BFF);
  CHECK(float(with_bits<f16>(0x7BFF)) == 65504);
  CHECK(float(with_bits<f16>(0x0001)) == 0x1p-24f);
}

TEST_CASE("bf16 rounds to the nearest, ties to even", "[device][reduced_precision]") {
  // Subnormal numbers are left out: they are those of f32, which this process may flush to zero.
  check_rounding<bf16>(0x0800, 0x7F7F);
  CHECK(float(bf16(1.0f)) == 1);
  CHECK(float(bf16(3.14159f)) == 3.140625f);
}

TEST_CASE("reduced-precision types represent infinity and NaN", "[device][reduced_precision]") {
  CHECK(float(f16(65519.0f)) == 65504);
  CHECK(float(f16(65520.0f)) == INFINITY);
  CHECK(float(f16(-1e30f)) == -INFINITY);
  CHECK(float(f16(INFINITY)) == INFINITY);
  CHECK(std::isnan(float(f16(NAN))));
  CHECK(float(bf16(3.4e38f)) == INFINITY);
  CHECK(float(bf16(-INFINITY)) == -INFINITY);
  CHECK(std::isnan(float(bf16(NAN))));
  CHECK(std::isnan(float(bf16(float_of(0x7FFFFFFF)))));  // a NaN whose upper half would overflow if it were rounded
}

}  // namespace tuna
