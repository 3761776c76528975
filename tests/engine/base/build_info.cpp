#include "engine/base/build_info.h"

#include "tests/catch.h"

namespace tuna {

TEST_CASE("a build reports its version, compiler and flags", "[build_info]") {
  CHECK_THAT(build_id(), Contains(TUNA_VERSION "-"));
  CHECK(build_id().find_first_of(" \n") == std::string::npos);
#ifdef __clang__
  CHECK_THAT(compiler(), Contains("Clang " + std::to_string(__clang_major__) + "."));
#else
  CHECK_THAT(compiler(), Contains("GNU " + std::to_string(__GNUC__) + "."));
#endif
  CHECK_THAT(build_flags(), Contains("-Wall"));
}

}  // namespace tuna
