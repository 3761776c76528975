#include "optim/minimise.h"

#include "optim/loss_scale.h"

namespace tuna {

Tensors minimise(Tensor loss, const std::string& name, const std::vector<AdamOptimizer*>& optimizers) {
  Tensors trained;
  for (const AdamOptimizer* optimizer : optimizers)
    for (const Tensor& parameter : optimizer->latest_parameters()) trained.push_back(parameter);
  LossScale scale(*loss.program, name);
  const Tensors gradient = scale.gradients(loss, trained);
  Tensors finite;
  auto begin = gradient.begin();
  for (AdamOptimizer* optimizer : optimizers) {
    const auto end = begin + int64_t(optimizer->parameters().size());
    finite.push_back(optimizer->step({begin, end}, loss, scale.value()));
    begin = end;
  }
  scale.update(finite);
  return finite;
}

}  // namespace tuna
