// Results of the paper, to be shown next to those of a run.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tuna {

/// Mean and standard deviation over the paper's five folds, as fractions.
struct PublishedFigure {
  double mean, deviation;
};

struct PublishedRow {
  std::string name;  // that of the same row of a run, Evaluated::row
  PublishedFigure auc, accuracy, sensitivity, specificity, f1;
};

/// Table 1 of Tang et al., "TUNA-Net: Task-oriented UNsupervised Adversarial Network for Disease Recognition in
/// Cross-Domain Chest X-rays", MICCAI 2019, doi 10.1007/978-3-030-32226-7_48.  NoAdapt is a ResNet-50 there; thresholds
/// are chosen on labelled validation images of the target.
const std::vector<PublishedRow>& published_results();

/// The row with this name; nullptr if the table has none.
const PublishedRow* published_row(const std::string& name);

/// (AUC - NoAdapt) / (Supervised - NoAdapt) of an adaptation's row.
std::optional<double> published_share_of_gap(const std::string& name);

/// Which images and networks the published figures are of, for captions.
extern const char* const kPublishedBy;

}  // namespace tuna
