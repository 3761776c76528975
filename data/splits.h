// Train, validation and test by patient: all images of a patient are in one split.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/manifest.h"
#include "engine/base/fields.h"

namespace tuna {

/// Fractions of each domain's images; they sum to 1.
struct SplitFractions {
  double train = 0.7, validation = 0.1, test = 0.2;

  template <class Fields>
  void fields(Fields& field) {
    field("train", train, "Fraction to train on.", closed(0, 1));
    field("validation", validation, "Fraction that chooses epochs and thresholds.", closed(0, 1));
    field("test", test, "Fraction that is held out for the evaluation.", closed(0, 1));
  }
  bool operator==(const SplitFractions&) const = default;
};

/// How the images of a run are divided: by fractions, or by the folds of a cross-validation (data/folds.h).
struct SplitKeys : SplitFractions {
  int64_t folds = 0, fold = 0;

  template <class Fields>
  void fields(Fields& field) {
    SplitFractions::fields(field);
    field("folds", folds,
          "With fold: divides the images into this many folds by patient, from the seed. 0: the manifest's column fold "
          "has them, which `tuna data split --folds` writes.",
          closed(0, 1000));
    field(
        "fold", fold,
        "Cross-validation with this fold, from 1, in place of the fractions: it is validated on if the manifest has "
        "test images of the target, otherwise tested on, and the next one validated on; all others are trained on. 0: "
        "no folds.",
        closed(0, 1000));
  }
  bool operator==(const SplitKeys&) const = default;
};

struct SplitOptions : SplitFractions {
  uint64_t seed = 0;
  std::string unlabelled_domain;  ///< its labels are ignored: the target of an adaptation
};

/// Fills every sample's split.  A split given by the manifest stays, and applies to the patient's other images.  The
/// other patients are shuffled and cut by the fractions, separately for each domain and label, so that all splits have
/// about the same share of the disease, and none lacks a class that has as many patients as there are splits.  The
/// result does not depend on the order of the samples, nor on the labels of `unlabelled_domain`.  A patient with images
/// in two domains is in the same split in both.
void assign_splits(std::vector<Sample>& samples, const SplitOptions& options);

/// Throws Error, naming the patient and two files, if a patient has images in two splits.
void check_no_leak(const std::vector<Sample>& samples);

/// A hash of the samples in order: the names of their files, domains, labels, patients and splits.  Not of their
/// folders, which may move.
uint64_t hash_of_splits(const std::vector<Sample>& samples);

/// The samples of one domain and split, in order.
std::vector<Sample> select(const std::vector<Sample>& samples, const std::string& domain, const std::string& split);

}  // namespace tuna
