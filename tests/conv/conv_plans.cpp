#include "kernels/conv/conv_plans.h"

#include "tests/catch.h"

namespace tuna {
namespace {

constexpr ConvProblem kProblem{1, 64, 64, 16, 32, 32, 128, 3, 3, 2, 1};

ConvPlans some_plans() {
  ConvPlans plans;
  plans.place = {"NVIDIA H200", "9.0", "cuDNN 9.10.2"};
  plans.convolutions[plan_key(ConvDirection::forward, kProblem, Precision::tf32)] = {{30, {{2, 1}, {7, 3}}}, 12.5};
  return plans;
}

}  // namespace

TEST_CASE("a plan is read as it was written", "[plans]") {
  const ConvPlans plans = ConvPlans::from_json(some_plans().to_json(), "plan.json");
  CHECK(plans.place == some_plans().place);
  CHECK(plans.to_json() == some_plans().to_json());
  const ConvEngine* found = plans.find(ConvDirection::forward, kProblem, Precision::tf32);
  REQUIRE(found);
  CHECK(*found == ConvEngine{30, {{2, 1}, {7, 3}}});
  CHECK(to_string(*found) == "engine 30 with 2=1, 7=3");
}

TEST_CASE("a plan says nothing of other convolutions", "[plans]") {
  const ConvPlans plans = some_plans();
  ConvProblem other = kProblem;
  other.channels = 17;
  CHECK_FALSE(plans.find(ConvDirection::forward, other, Precision::tf32));
  CHECK_FALSE(plans.find(ConvDirection::backward_data, kProblem, Precision::tf32));
  CHECK_FALSE(plans.find(ConvDirection::forward, kProblem, Precision::fp32));
}

TEST_CASE("what is no plan is refused", "[plans]") {
  const auto read = [](const std::string& text) { return ConvPlans::from_json(text, "plan.json"); };
  REQUIRE_THROWS_WITH(read("{"), Contains("plan.json: is no plan of `tuna tune`"));
  REQUIRE_THROWS_WITH(read("[]"), Contains("plan.json: is no plan of `tuna tune`"));
  REQUIRE_THROWS_WITH(read(R"({"gpu": "G", "compute_capability": "9.0"})"), Contains("cudnn"));
  const std::string written = some_plans().to_json();
  const size_t begin = written.find("\n    {"), end = written.find("\n  ]");
  const std::string twice = written.substr(0, end) + "," + written.substr(begin, end - begin) + written.substr(end);
  REQUIRE_THROWS_WITH(read(twice), Contains("stride 2, padding 1, f32, tf32' twice"));
  REQUIRE_THROWS_WITH(read_conv_plans("/nowhere/plan.json"), Contains("/nowhere/plan.json: cannot be read"));
}

TEST_CASE("a plan of one GPU is not for another device", "[plans]") {
  CHECK(trouble_with_plans(some_plans(), Device::cpu())
        == "was tuned on NVIDIA H200 (compute capability 9.0) with cuDNN 9.10.2, and this is cpu");
  const TuningPlace tuned = some_plans().place;
  CHECK_FALSE(tuned == TuningPlace{"NVIDIA H200", "9.0", "cuDNN 9.19.0"});
  CHECK_FALSE(tuned == TuningPlace{"NVIDIA H100", "9.0", "cuDNN 9.10.2"});
}

}  // namespace tuna
