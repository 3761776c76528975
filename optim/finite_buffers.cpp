#include "optim/finite_buffers.h"

#include "kernels/optimizer/finite.h"
#include "kernels/optimizer/update_if.h"

namespace tuna {

void keep_buffers_unless_finite(Program& program, const std::vector<std::string>& nets, Tensors flags) {
  Tensors before, after;
  for (const std::string& net : nets)
    for (const Tensor& buffer : program.states(net + ".", Role::buffer)) {
      if (program.latest(buffer) == buffer) continue;  // nothing was stored
      before.push_back(buffer);
      after.push_back(program.latest(buffer));
    }
  if (before.empty()) return;
  flags.push_back(finite(after));
  const Tensors kept = update_if(flags, after, before);
  for (size_t i = 0; i < before.size(); ++i) program.store(before[i], kept[i]);
}

}  // namespace tuna
