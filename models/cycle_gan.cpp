#include "models/cycle_gan.h"

#include "kernels/geometry/concatenate.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/scale.h"

namespace tuna {

CycleGan::CycleGan(Program& program, const CycleGanOptions& options, const Task& task)
    : G_AP(program, "G_AP", task.channels, options.generator),
      G_PA(program, "G_PA", task.channels, options.generator),
      D_A(program, "D_A", task.channels, options.discriminator),
      D_P(program, "D_P", task.channels, options.discriminator) {}

Tensor discriminator_loss(GanMode gan, const PatchDiscriminator& D, Tensor real, Tensor fake) {
  const Tensors scores =
      split(D(concatenate({stop_gradient(real), stop_gradient(fake)})), {real.shape().n, fake.shape().n});
  return 0.5 * (gan_real(scores[0], gan) + gan_fake(scores[1], gan));
}

}  // namespace tuna
