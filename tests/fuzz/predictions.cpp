// predictions.csv of a run.
#include <cmath>

#include "tests/fuzz/target.h"
#include "training/evaluation/test_scores.h"

void tuna::read_as_file(const std::string& bytes) {
  const TestScores read = parse_test_scores(bytes, "predictions.csv");
  for (const TestScores::Row& row : read.rows) {
    must_hold(row.scores.size() == read.paths.size(), "each image has a score");
    for (const double score : row.scores) must_hold(std::isfinite(score), "scores are finite");
  }
  check_same_images(read, read);
}
