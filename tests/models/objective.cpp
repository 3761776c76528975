// The objective is defined by its list of terms: one that is added here is in the spec, the schema, the sum, the
// console and metrics.jsonl.
#include "models/objective.h"

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "data/phantom.h"
#include "kernels/loss/l1.h"
#include "tests/catch.h"
#include "tests/temporary_folder.h"
#include "training/methods/tuna_net.h"
#include "training/run/trainer.h"

namespace tuna {
namespace {

/// Adds a term during its lifetime.
class ExtraTerm {
 public:
  ExtraTerm() {
    objective_terms().push_back(
        {"",
         "stillness",
         "L1 between x_a and G_AP(x_a): a translation that changes nothing.",
         {0, {"G_AP"}},
         [](ObjectiveStep& step, const TermOptions& term) { return [&] { return l1(step.fake_p(term), step.x_a); }; }});
    method_sections().at("tuna_net").options = TunaNetSpec();
  }
  ~ExtraTerm() {
    objective_terms().pop_back();
    method_sections().at("tuna_net").options = TunaNetSpec();
  }
};

/// Captures stderr during its lifetime.
class CapturedErrors {
 public:
  CapturedErrors() : before_(std::cerr.rdbuf(text_.rdbuf())) {}
  ~CapturedErrors() { std::cerr.rdbuf(before_); }
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

constexpr double kWeight = 1000;

std::vector<nlohmann::json> joint_steps(const std::filesystem::path& run) {
  std::vector<nlohmann::json> lines;
  std::ifstream file(run / "metrics.jsonl");
  for (std::string line; std::getline(file, line);)
    if (nlohmann::json parsed = nlohmann::json::parse(line); parsed.contains("objective")) lines.push_back(parsed);
  return lines;
}

}  // namespace

TEST_CASE("a term that is one entry of the list is everywhere", "[models][training]") {
  const ExtraTerm extra;
  const TemporaryFolder folder;
  PhantomOptions phantoms;
  phantoms.adults = phantoms.children = 40;
  phantoms.size = 16;
  write_phantoms(folder.path(), phantoms);
  std::ofstream(folder / "spec.json") << R"({
    "domains": {"source": "adult", "target": "child"}, "data": {"manifest": "manifest.csv", "size": 16},
    "generator": {"ngf": 2, "blocks": 1}, "discriminator": {"ndf": 2, "layers": 1}, "classifier": {"width": 2},
    "objective": {"stillness": {"weight": 1000}},
    "pretrain": {"epochs": 1}, "train": {"epochs": 1, "decay_epochs": 0, "steps_per_epoch": 2},
    "log": {"every": 1}, "evaluate": {"bootstrap": 0}})";
  CHECK(spec_schema("tuna_net")["properties"]["objective"]["properties"].contains("stillness"));

  TrainOptions options;
  options.spec = folder / "spec.json";
  options.out = folder / "run";
  std::string console;
  {
    const CapturedErrors captured;
    train(options);
    console = captured.text();
  }
  CHECK_THAT(console, Contains("stillness"));
  const std::vector<nlohmann::json> steps = joint_steps(options.out);
  REQUIRE(steps.size() == 2);
  for (const nlohmann::json& step : steps) {
    const double term = step.at("loss.stillness");
    CHECK(term > 0);
    double sum = 0;  // Eq. 6 with the default weights
    for (const char* name : {"adversarial", "source", "reconstruction", "synthetic", "pseudo", "feature"})
      sum += step.at(std::string("loss.") + name).get<double>();
    sum += 10 * step.at("loss.cycle").get<double>() + kWeight * term;
    CHECK_THAT(step.at("objective").get<double>(), WithinRel(sum, 1e-5));
  }
  CHECK_THROWS_WITH(parse_spec(R"({"objective": {"stillness": {"updates": ["D_A"]}}})", "test"),
                    Contains("objective.stillness.updates[0]: \"D_A\" is not one of \"G_AP\""));
}

}  // namespace tuna
