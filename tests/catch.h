// Catch2 2.13 and 3 keep the same things in different headers.
#pragma once

#ifdef TUNA_CATCH2_V2
#include <catch2/catch.hpp>
#else
#include <catch2/catch_all.hpp>
#endif

namespace tuna {
#ifdef TUNA_CATCH2_V2
using Catch::Contains;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
#else
inline auto Contains(const std::string& part) { return Catch::Matchers::ContainsSubstring(part); }
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
#endif
}  // namespace tuna
