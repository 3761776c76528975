// The tables of results.
#pragma once

#include <string>
#include <vector>

#include "training/report/evaluation_rows.h"

namespace tuna {

/// Whose test images the rows are measured on, for captions.
struct TestImages {
  std::string domain, positive;  // its name, and that of the positive class
  int64_t images = 0, positives = 0;
};

/// AUC with its interval, and the rates at each threshold; the paper's figures follow a row of the same name.
std::string results_table(const std::vector<EvaluationRow>& rows, const TestImages& images);

/// Measures of the scores themselves; empty if the rows have none.
std::string scores_table(const std::vector<EvaluationRow>& rows, const TestImages& images);

/// AUC by group; empty if the rows have none.
std::string groups_table(const std::vector<EvaluationRow>& rows, const TestImages& images);

/// "624 test images of “child”, 390 of them “pneumonia”", as HTML.
std::string in_words(const TestImages& images);

}  // namespace tuna
