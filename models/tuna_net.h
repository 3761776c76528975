// TUNA-Net (Tang et al., MICCAI 2019): two generators, two discriminators and two classifiers that are trained
// together, so that an image keeps its disease when it changes its domain.  A is the labelled source domain, P the
// unlabelled target domain.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/classifier.h"
#include "models/cycle_gan.h"

namespace tuna {

/// The networks of TUNA-Net.
struct TunaNetOptions : CycleGanOptions {
  ClassifierOptions classifier;

  template <class Fields>
  void fields(Fields& field) {
    CycleGanOptions::fields(field);
    field("classifier", classifier, "F_A (of source images) and F_P (of target images): ResNets.");
  }
  bool operator==(const TunaNetOptions&) const = default;
};

/// A CycleGan and classifiers: F_A and F_P in TUNA-Net; methods that it is compared with have fewer.
struct TunaNet : CycleGan {
  TunaNet(Program& program, const TunaNetOptions& options, const Task& task,
          const std::vector<std::string>& classifiers = {"F_A", "F_P"});

  std::map<std::string, Classifier> classifiers;
};

}  // namespace tuna
