#include "engine/base/counted.h"

#include "tests/catch.h"

namespace tuna {

TEST_CASE("a count has its noun in the singular or plural", "[counted]") {
  CHECK(fmt::format("{}", counted(0, "image")) == "0 images");
  CHECK(fmt::format("{}", counted(1, "image")) == "1 image");
  CHECK(fmt::format("{}", counted(size_t(2), "class", "classes")) == "2 classes");
  CHECK(fmt::format("{}", counted(1, "class", "classes")) == "1 class");
  CHECK(either(1, "has", "have") == "has");
  CHECK(either(2, "has", "have") == "have");
}

}  // namespace tuna
