// Tells the features of source images from those of target images: the adversary of ADDA and DANN.
#pragma once

#include "engine/base/fields.h"
#include "models/module.h"

namespace tuna {

struct DomainCriticOptions {
  int64_t width = 500, layers = 2;

  template <class Fields>
  void fields(Fields& field) {
    field("width", width, "Units of each hidden layer.", closed(1, 65536));
    field("layers", layers, "Hidden layers.", closed(0, 8));
  }
  bool operator==(const DomainCriticOptions&) const = default;
};

/// features [N, 1, 1, C] -> [N, 1, 1, 1], the logit of "source".  Of two logits only the difference matters, so it has
/// one.  Linear layers with ReLU between them; parameters: <name>.model.0.weight ...
class DomainCritic {
 public:
  DomainCritic(Program& program, const std::string& name, int64_t features, const DomainCriticOptions& options);
  Tensor operator()(Tensor features) const { return net_(features); }

 private:
  nn::Sequential net_;
};

/// The mean cross-entropy of its two answers; [N, 1, 1, C] each.
Tensor domain_loss(const DomainCritic& critic, Tensor source, Tensor target);

}  // namespace tuna
