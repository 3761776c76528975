#include "models/domain_discriminator.h"

#include "kernels/geometry/concatenate.h"
#include "kernels/loss/bce_with_logits.h"
#include "kernels/loss/mse.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/greater_than.h"
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

DomainScores domain_scores(const DomainDiscriminator& D, Tensor source, Tensor target) {
  const Tensors scores = split(D(concatenate({source, target})), {source.shape().n, target.shape().n});
  return {scores[0], scores[1]};
}

Tensor domain_loss(const DomainScores& scores) {
  return 0.5 * (bce_with_logits_to(scores.source, 1) + bce_with_logits_to(scores.target, 0));
}

// Of values 0 and 1, the mean squared difference from one of them is the fraction of the other.
Tensor domain_accuracy(const DomainScores& scores) {
  return 0.5 * (mse_to(greater_than(scores.source, 0), 0) + mse_to(greater_than(scores.target, 0), 1));
}

}  // namespace tuna
