// Phases that several methods have in common, such as the pretraining on the source.
#pragma once

#include <vector>

#include "training/methods/method.h"

namespace tuna {

/// A phase, and all phases of its method, in which those that it starts from are found.
struct PhaseOf {
  const Phase& phase;
  const std::vector<Phase>& method;
};

/// Whether both train the same networks, from the same values, on the same images, by the same steps, so that with the
/// same seed, image format and `activation` type the results have the same bits.  Compares what the phases record.
bool train_the_same(const PhaseOf& one, const PhaseOf& other, DType activation);

}  // namespace tuna
