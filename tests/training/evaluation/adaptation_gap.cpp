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
