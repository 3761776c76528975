// The domain discriminator of ADDA and DANN: classifies features as those of source or target images.
#pragma once

#include "engine/base/fields.h"
#include "models/module.h"

namespace tuna {

struct DomainDiscriminatorOptions {
  int64_t width = 500, layers = 2;

  template <class Fields>
  void fields(Fields& field) {
    field("width", width, "Units of each hidden layer.", closed(1, 65536));
    field("layers", layers, "Hidden layers.", closed(0, 8));
  }
  bool operator==(const DomainDiscriminatorOptions&) const = default;
};

/// features [N, 1, 1, C] -> [N, 1, 1, 1], the logit of "source": a softmax of two logits depends on their difference
/// alone.  Linear layers with ReLU between them; parameters: <name>.model.0.weight ...
class DomainDiscriminator {
 public:
  DomainDiscriminator(Program& program, const std::string& name, int64_t features,
                      const DomainDiscriminatorOptions& options);
  Tensor operator()(Tensor features) const { return net_(features); }

 private:
  nn::Sequential net_;
};

/// Its logits for features of both domains.
struct DomainScores {
  Tensor source, target;
};

/// source, target: [N, 1, 1, C].
DomainScores domain_scores(const DomainDiscriminator& D, Tensor source, Tensor target);

/// Mean binary cross-entropy of both, a scalar.
Tensor domain_loss(const DomainScores& scores);

/// The fraction that is classified correctly, the mean over both domains; a scalar.
Tensor domain_accuracy(const DomainScores& scores);

}  // namespace tuna
