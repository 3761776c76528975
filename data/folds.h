// Folds of a cross-validation, by patient: all images of a patient are in one fold.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/manifest.h"

namespace tuna {

/// The column of a manifest, and of Sample::columns, that has the fold of an image, from 1.
constexpr const char* kFoldColumn = "fold";

struct FoldOptions {
  int64_t folds = 5;
  uint64_t seed = 0;
  std::string unlabelled_domain;  ///< its labels are ignored: the target of an adaptation
};

/// Writes the column fold of each sample.  Patients whose split is given as test stay in it, in no fold; the others
/// lose a given split, and are shuffled and dealt to the folds, separately for each domain and label, so that folds
/// have about as many images and the same share of the disease.  Neither the order of the samples nor the labels of
/// `unlabelled_domain` matter.  Throws Error if a fold has no image of a domain, or of a label of a domain whose labels
/// count.
void assign_folds(std::vector<Sample>& samples, const FoldOptions& options);

/// The number of folds in the column fold: its highest value; 0 if no sample has one.  Test images are in none.  Throws
/// Error if a sample that is not in the test split has none, a value is not a number from 1, or a patient is in two
/// folds.
int64_t count_folds(const std::vector<Sample>& samples);

/// Fills every sample's split from its fold, and drops the column.  If test images of `target` are given, `fold` is the
/// validation split.  Otherwise `fold` is the test split and the next one the validation split, the first being next to
/// the last: the folds alone decide, and every image is tested once.  All other folds are trained on.  Throws Error as
/// count_folds() does, if `fold` is above their number, or if no fold remains to train on.
void use_fold(std::vector<Sample>& samples, int64_t fold, const std::string& target);

}  // namespace tuna
