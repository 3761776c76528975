// predictions.csv of a run: the scores of its classifiers on the test images, for comparisons with other runs.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "training/evaluation/evaluate.h"

namespace tuna {

/// One entry per image, in ascending order of the paths.
struct TestScores {
  struct Row {
    std::string name;  ///< in the table of results
    std::vector<double> scores;
  };
  std::string file;  ///< for messages
  std::vector<std::string> paths, patients, labels;
  std::vector<Row> rows;

  /// Of the row with this name; throws Error, listing the names, if there is none.
  Predictions of(const std::string& row, const std::string& positive) const;
};

/// The text of predictions.csv: columns path, patient, label, and a column of scores for each row, from which the same
/// numbers are read.  `test`: the images that the rows were measured on, in order.  Paths below `root` are relative to
/// it.
std::string test_scores_text(const std::vector<Sample>& test, const std::filesystem::path& root,
                             const std::vector<Evaluation>& rows);

/// Errors name file:line.  A file that was cut off is an error, also within a number.
TestScores read_test_scores(const std::filesystem::path& path);
TestScores parse_test_scores(std::string_view text, const std::string& file);

/// Throws Error, naming both files and the first image that differs, unless both are of the same images with the same
/// patients and labels.
void check_same_images(const TestScores& one, const TestScores& other);

}  // namespace tuna
