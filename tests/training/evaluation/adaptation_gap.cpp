#include "training/evaluation/adaptation_gap.h"

#include "tests/catch.h"

namespace tuna {
namespace {

Evaluation row(EvaluatedAs as, double auc) {
  Evaluation evaluation;
  evaluation.as = as;
  evaluation.at.push_back({"source validation", false, 0.5, {}, {}});
  evaluation.at[0].metrics = Metrics{auc, 0, 0, 0, 0};
  return evaluation;
}

std::string words(double before, double after, double supervised) {
  return adaptation_in_words({row(EvaluatedAs::before_adaptation, before), row(EvaluatedAs::adapted, after),
                              row(EvaluatedAs::upper_bound, supervised)},
                             {"adult", "child"});
}

}  // namespace

TEST_CASE("what adaptation achieved is a sentence", "[evaluation]") {
  CHECK(words(0.625, 0.8475, 0.925)
        == "Adaptation closed 74 % of the gap between a classifier trained on \"adult\" only (AUC 0.625) and one "
           "trained with the labels of \"child\" (AUC 0.925): it reached AUC 0.848.\n");
  CHECK(words(0.625, 0.625, 0.925).rfind("Adaptation closed 0 % of the gap between", 0) == 0);
  CHECK(words(0.625, 0.95, 0.925).rfind("Adaptation closed all of the gap between", 0) == 0);
  CHECK(words(0.625, 0.5, 0.925)
        == "Adaptation made it worse, AUC 0.500, and did not close the gap between a classifier trained on \"adult\" "
           "only (AUC 0.625) and one trained with the labels of \"child\" (AUC 0.925).\n");
}

namespace {

/// A row whose scores rank all but `wrong` of 40 images rightly; with the intervals that a run has.
Evaluation scored(EvaluatedAs as, size_t wrong) {
  Predictions test;
  for (size_t i = 0; i < 40; ++i) {
    test.scores.push_back(double((i % 2 == 0) != (i < wrong)) + 1e-3 * double(i % 7));
    test.positive.push_back(i % 2 == 0);
    test.patients.push_back(std::to_string(i));
  }
  Evaluation evaluation = row(as, auc(test));
  evaluation.test = test;
  evaluation.at[0].intervals.emplace();
  return evaluation;
}

std::string words_of(size_t wrong_before, size_t wrong_after, size_t wrong_supervised) {
  return adaptation_in_words(
      {scored(EvaluatedAs::before_adaptation, wrong_before), scored(EvaluatedAs::adapted, wrong_after),
       scored(EvaluatedAs::upper_bound, wrong_supervised)},
      {"adult", "child"});
}

}  // namespace

TEST_CASE("a difference whose interval contains 0 is not claimed, and neither is one below chance", "[evaluation]") {
  CHECK_THAT(words_of(16, 4, 1), Contains("Adaptation closed"));
  const std::string none = words_of(10, 9, 1);
  CHECK_THAT(none, Contains("The effect of adaptation is not distinguishable from 0: AUC 0.7")
                       && Contains("95 % interval of the difference +0.000 to +0.0"));
  CHECK_THAT(none, Contains("one trained with the labels of \"child\" has 0.9"));
  CHECK_THAT(words_of(10, 1, 9), Contains("There was no gap for adaptation to close between")
                                     && Contains("(95 % interval of the difference +0.000 to +0.0"));
  CHECK_THAT(words_of(36, 25, 1), Contains("The adapted classifier is below chance (0.5) on \"child\": AUC 0."));
}

TEST_CASE("where the target's labels do not help there is no gap", "[evaluation]") {
  for (const double supervised : {0.9, 0.85, 0.9004})
    CHECK(words(0.9, 0.91, supervised).rfind("There was no gap for adaptation to close between", 0) == 0);
}

TEST_CASE("without a classifier trained on the target, the AUC rose or did not", "[evaluation]") {
  const auto words_for = [](double before, double after) {
    return adaptation_in_words({row(EvaluatedAs::before_adaptation, before), row(EvaluatedAs::adapted, after)},
                               {"adult", "child"});
  };
  CHECK(words_for(0.6, 0.8)
        == "Adaptation raised the AUC on \"child\": 0.800, from 0.600 of a classifier trained on \"adult\" only.\n");
  CHECK(words_for(0.6, 0.55).rfind("Adaptation lowered the AUC", 0) == 0);
  CHECK(words_for(0.6, 0.6).rfind("Adaptation did not change the AUC", 0) == 0);
  CHECK(adaptation_in_words({row(EvaluatedAs::adapted, 0.8)}, {"adult", "child"}).empty());
  CHECK(adaptation_in_words({}, {"adult", "child"}).empty());

  Evaluation unmeasured = row(EvaluatedAs::adapted, 0.8);  // the target has no labels
  unmeasured.at[0].metrics.reset();
  CHECK(adaptation_in_words({row(EvaluatedAs::before_adaptation, 0.6), unmeasured}, {"adult", "child"}).empty());
}

}  // namespace tuna
