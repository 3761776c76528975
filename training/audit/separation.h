// How well a feature, or two together, separate two groups of images.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "training/audit/features.h"
#include "training/audit/folds.h"
#include "training/evaluation/metrics.h"

namespace tuna {

struct Separation {
  std::string feature;
  bool is_text = false;
  double auc = 0.5;
  bool larger = true;                    ///< numbers: larger in the positive group, otherwise smaller
  std::optional<Interval> interval;      ///< 95 %, over patients; numbers only
  std::map<std::string, double> shares;  ///< texts: the share of positive images by text
};

struct PairSeparation {
  std::string first, second;
  double auc;
  double better_alone;  ///< the larger AUC of the two
};

/// The AUC of each feature, largest first.  Numbers: max(AUC, 1 - AUC) over the images that have one.  Texts: each is
/// replaced by its class rate among the patients of the other folds (ClassRates), and the AUC is that inside of the
/// folds.  `bootstrap` rounds for intervals of numbers; 0: none.  Features without images of both groups are left out.
std::vector<Separation> separations(const std::vector<Feature>& features, const TwoGroups& groups, int64_t bootstrap,
                                    uint64_t seed, int threads);

/// The AUC of each pair of features, largest first: Fisher's linear discriminant (1936) of two numbers, the rank of a
/// number and the class rate of a text, cross-validated by patient.  Constant features are left out.
std::vector<PairSeparation> pair_separations(const std::vector<Feature>& features, const TwoGroups& groups,
                                             uint64_t seed, int threads);

}  // namespace tuna
