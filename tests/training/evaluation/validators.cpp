#include "training/evaluation/validators.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/catch.h"

namespace tuna {

TEST_CASE("batch nuclear norm is the sum of singular values", "[validators]") {
  CHECK(batch_nuclear_norm({2, {1, 0, 0, 1}}) == 1);                                        // 1, 1
  CHECK_THAT(batch_nuclear_norm({2, {1, 0, 1, 0}}), WithinRel(std::sqrt(2.0) / 2, 1e-12));  // sqrt(2), 0
  CHECK_THAT(batch_nuclear_norm({2, {0.5, 0.5, 0.5, 0.5}}), WithinRel(1 / 2.0, 1e-12));     // 1, 0
  // Three classes: a diagonal matrix turned by an orthogonal one has the singular values 3, 2, 1.
  const double c = std::cos(0.7), s = std::sin(0.7);
  CHECK_THAT(batch_nuclear_norm({3, {3 * c, 3 * s, 0, -2 * s * c, 2 * c * c, 2 * s, s * s, -s * c, c}}),
             WithinRel(2.0, 1e-12));
}

TEST_CASE("soft neighbourhood density counts near neighbours", "[validators]") {
  // All equal: as similar to each of the others.
  CHECK_THAT(soft_neighbourhood_density({2, {0.3, 0.7, 0.3, 0.7, 0.3, 0.7, 0.3, 0.7}}), WithinRel(std::log(3.0), 1e-9));
  // Two far pairs: one near neighbour each.
  CHECK(soft_neighbourhood_density({2, {1, 0, 1, 0, 0, 1, 0, 1}}) < 1e-6);
  CHECK_THROWS_WITH(soft_neighbourhood_density({2, {1, 0}}), Contains("1 samples, at least 2"));
}

TEST_CASE("norm and rank of features", "[validators]") {
  CHECK(mean_norm({2, {3, 4, 0, 1}}) == 3);
  CHECK_THAT(participation_ratio({2, {1, 0, -1, 0, 0, 1, 0, -1}}), WithinRel(2.0, 1e-12));
  CHECK_THAT(participation_ratio({2, {1, 1, 2, 2, 5, 5}}), WithinRel(1.0, 1e-12));
  CHECK_THAT(participation_ratio({2, {2, 0, -2, 0, 0, 1, 0, -1}}), WithinRel(25.0 / 17, 1e-12));  // of 8 and 2
  CHECK(participation_ratio({2, {1, 2, 1, 2}}) == 0);
}

TEST_CASE("figures of a validation without labels", "[validators]") {
  Spec spec;
  const auto sample = [](const char* label) { return Sample{"a.png", "target", label, "a", "validation"}; };
  ValidationOutputs outputs{{2, {0.9, 0.1, 0.2, 0.8, 0.6, 0.4}}};
  outputs.other = Probabilities{2, {0.9, 0.1, 0.9, 0.1, 0.9, 0.1}};
  outputs.features = SampleValues{1, {1, 2, 3}};
  const auto unlabelled = without_labels(outputs, {sample(""), sample(""), sample("")}, spec);
  CHECK_THAT(unlabelled["agreement"].get<double>(), WithinRel(2.0 / 3, 1e-12));
  CHECK(unlabelled["feature_norm"] == 2);
  CHECK_FALSE(unlabelled.contains("oracle_auc"));
  CHECK_FALSE(unlabelled.contains("source_auc"));
  CHECK_FALSE(
      without_labels(outputs, {sample("pneumonia"), sample("normal"), sample("")}, spec).contains("oracle_auc"));
  const auto labelled = without_labels(outputs, {sample("normal"), sample("pneumonia"), sample("normal")}, spec);
  CHECK(labelled["oracle_auc"] == 1);
  outputs.source_validation = Predictions{{0.1, 0.9, 0.8}, {false, false, true}, {}};
  CHECK(without_labels(outputs, {sample(""), sample(""), sample("")}, spec)["source_auc"] == 0.5);
}

TEST_CASE("a collapse is a loss of features, or outputs like random guesses", "[validators]") {
  const nlohmann::json good = {{"target_entropy", 0.5}, {"feature_norm", 2.0}};
  CHECK(collapse_of(good, 10.0, 2).empty());
  CHECK(collapse_of(good, {}, 2).empty());
  CHECK_THAT(collapse_of(good, 20.1, 2), Contains("norm of its features is 2, and was 20.1 at first"));
  const nlohmann::json guesses = {{"target_entropy", 0.69}};
  CHECK(collapse_of(guesses, {}, 2).empty());  // it has never distinguished images
  CHECK_THAT(collapse_of(guesses, 10.0, 2),
             Contains("entropy of its outputs is 0.6900, that of random guesses 0.6931"));
  CHECK(collapse_of(guesses, 10.0, 3).empty());
}

TEST_CASE("outputs are guesses if their mean entropy is nearly the largest", "[validators]") {
  CHECK(is_guessing({2, {0.5, 0.5, 0.48, 0.52}}));
  CHECK_FALSE(is_guessing({2, {0.5, 0.5, 0.2, 0.8}}));
  CHECK(is_guessing({3, {0.33, 0.33, 0.34}}));
}

}  // namespace tuna
