// TUNA-Net (Tang et al., MICCAI 2019): two generators, two discriminators and two classifiers that are trained
// together, so that an image keeps its disease when it changes its domain.  A is the labelled source domain, P the
// unlabelled target domain.
#pragma once

#include "losses/gan.h"
#include "models/classifier.h"
#include "models/patch_discriminator.h"
#include "models/resnet_generator.h"

namespace tuna {

/// The networks of TUNA-Net.
struct TunaNetOptions {
  GeneratorOptions generator;
  DiscriminatorOptions discriminator;
  ClassifierOptions classifier;

  template <class Fields>
  void fields(Fields& field) {
    field("generator", generator, "G_AP (source to target) and G_PA (back): CycleGAN's ResNet generators.");
    field("discriminator", discriminator,
          "D_A and D_P tell real images of source and target from translated ones: PatchGANs.");
    field("classifier", classifier, "F_A (of source images) and F_P (of target images): ResNets.");
  }
  bool operator==(const TunaNetOptions&) const = default;
};

class TunaNet {
 public:
  TunaNet(Program& program, const TunaNetOptions& options, const Task& task);

  ResnetGenerator G_AP, G_PA;
  PatchDiscriminator D_A, D_P;
  Classifier F_A, F_P;
};

/// What a discriminator minimises: half of Eq. 1's two sides.  real, fake: [N, H, W, C]; no gradient reaches them.
Tensor discriminator_loss(GanMode gan, const PatchDiscriminator& D, Tensor real, Tensor fake);

}  // namespace tuna
