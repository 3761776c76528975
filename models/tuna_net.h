// TUNA-Net (Tang et al., MICCAI 2019): two generators, two discriminators and two classifiers that are trained
// together, so that an image keeps its disease when it changes its domain.  A is the labelled source domain, P the
// unlabelled target domain.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "losses/gan.h"
#include "models/classifier.h"
#include "models/patch_discriminator.h"
#include "models/resnet_generator.h"

namespace tuna {

/// A term of Eq. 6: its weight, and the networks that learn from it.
struct Term {
  double weight = 1;
  std::vector<std::string> learn;

  bool teaches(const std::string& net) const;
};

/// The defaults are those of the paper, or where it is silent or does not work those of docs/paper.md.
struct ObjectiveOptions {
  GanMode gan = GanMode::lsgan;
  Term adversarial{1, {"G_AP", "G_PA"}};
  Term cycle{10, {"G_AP", "G_PA"}};
  Term identity{0, {"G_AP", "G_PA"}};               // CycleGAN's; Eq. 6 has none
  Term source{1, {"F_A"}};                          // Eq. 3
  Term reconstruction{1, {"F_A", "G_AP", "G_PA"}};  // Eq. 4, second term
  Term synthetic{1, {"F_P", "G_AP"}};               // third
  Term pseudo{1, {"F_A", "G_PA"}};                  // fourth
  Term feature{1, {"G_AP"}};                        // Eq. 5; from it F_P learns uninformative features
  bool detach_real_features = false;
  double min_confidence = 0;          // pseudo-labels below it teach nothing
  std::vector<double> class_weights;  // of the labelled terms; empty: all 1
};

struct TunaNetOptions {
  GeneratorOptions generator;
  DiscriminatorOptions discriminator;
  ClassifierOptions classifier;
  ObjectiveOptions objective;
  BatchNormMode batch_norm = BatchNormMode::frozen;
};

/// Eq. 6 and what it is made of.
struct Objective {
  Tensor total;
  std::map<std::string, Tensor> terms;  // unweighted, by their names in ObjectiveOptions
  Tensor fake_p, fake_a, rec_a, rec_p;  // images
};

class TunaNet {
 public:
  TunaNet(Program& program, TunaNetOptions options);

  /// Eq. 6: what generators and classifiers minimise together.  x_a, x_p: [N, H, W, C] in [-1, 1]; y_a: [N, 1, 1, 1]
  /// labels.
  Objective objective(Tensor x_a, Tensor y_a, Tensor x_p) const;

  /// What a discriminator minimises: half of Eq. 1's two sides.  real, fake: [N, H, W, C]; no gradient reaches them.
  Tensor discriminator_loss(const PatchDiscriminator& D, Tensor real, Tensor fake) const;

  ResnetGenerator G_AP, G_PA;
  PatchDiscriminator D_A, D_P;
  Classifier F_A, F_P;

 private:
  /// An image on its way into a classifier for a term of the objective.
  struct Sight {
    Tensor image;
    bool learns;  // the classifier, from this sight
  };

  /// One batch where it can be one: batch norm is frozen and the classifier learns from all or from none.
  std::vector<Classified> classify(const Classifier& F, const std::vector<Sight>& sights) const;

  TunaNetOptions options_;
};

}  // namespace tuna
