// CycleGAN (Zhu et al., ICCV 2017): generators between the domains A and P in both directions, and a discriminator for
// each domain.
#pragma once

#include "losses/gan.h"
#include "models/patch_discriminator.h"
#include "models/resnet_generator.h"
#include "models/task.h"

namespace tuna {

struct CycleGanOptions {
  GeneratorOptions generator;
  DiscriminatorOptions discriminator;

  template <class Fields>
  void fields(Fields& field) {
    field("generator", generator, "G_AP (source to target) and G_PA (back): CycleGAN's ResNet generators.");
    field("discriminator", discriminator,
          "D_A and D_P tell real images of source and target from translated ones: PatchGANs.");
  }
  bool operator==(const CycleGanOptions&) const = default;
};

struct CycleGan {
  CycleGan(Program& program, const CycleGanOptions& options, const Task& task);

  ResnetGenerator G_AP, G_PA;
  PatchDiscriminator D_A, D_P;
};

/// What a discriminator minimises: half of Eq. 1's two sides.  real, fake: [N, H, W, C]; no gradient reaches them.
Tensor discriminator_loss(GanMode gan, const PatchDiscriminator& D, Tensor real, Tensor fake);

}  // namespace tuna
