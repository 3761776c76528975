#include "tests/op_table/filter.h"

#include "tests/catch.h"

namespace tuna {

TEST_CASE("a filter is part of an op's name, or else a regular expression", "[filter]") {
  const std::vector<std::string> ops = {"add", "reflection_pad2d", "instance_norm", "batch_norm"};
  const auto passes = [&](const std::string& text, const std::string& op, const std::string& name) {
    return Filter(text, ops).passes(op, name);
  };
  CHECK(passes("", "add", "add/forward"));
  CHECK(passes("add", "add", "add: padding"));
  CHECK_FALSE(passes("add", "reflection_pad2d", "reflection_pad2d: padding at its limit"));
  CHECK(passes("norm", "batch_norm", "batch_norm/forward"));
  CHECK(passes("norm/back", "batch_norm", "batch_norm/backward"));
  CHECK_FALSE(passes("norm/back", "batch_norm", "batch_norm/forward"));
  CHECK(passes("^(add|batch_norm)/", "add", "add/forward"));
  CHECK_FALSE(passes("^(add|batch_norm)/", "instance_norm", "instance_norm/forward"));
  CHECK(Filter("norm/back", ops).may_pass("add"));
  CHECK_FALSE(Filter("norm", ops).may_pass("add"));
  REQUIRE_THROWS_WITH(Filter("(", ops), Contains("FILTER '('"));
}

}  // namespace tuna
