#include "models/domain_discriminator.h"

#include "kernels/geometry/concatenate.h"
#include "kernels/loss/bce_with_logits.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/scale.h"

namespace tuna {

DomainDiscriminator::DomainDiscriminator(Program& program, const std::string& name, int64_t features,
                                         const DomainDiscriminatorOptions& options)
    : net_(program, name + ".model") {
  int64_t in = features;
  for (int64_t layer = 0; layer < options.layers; ++layer) {
    net_.add<nn::Linear>(in, options.width);
    net_.add<nn::ReLU>();
    in = options.width;
  }
  net_.add<nn::Linear>(in, int64_t(1));
}

Tensor domain_loss(const DomainDiscriminator& D, Tensor source, Tensor target) {
  const Tensors scores = split(D(concatenate({source, target})), {source.shape().n, target.shape().n});
  return 0.5 * (bce_with_logits_to(scores[0], 1) + bce_with_logits_to(scores[1], 0));
}

}  // namespace tuna
