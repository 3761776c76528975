// A look at all images before the work with them begins.
#pragma once

#include "data/loader.h"
#include "training/spec/spec.h"

namespace tuna {

/// Decodes them, into the cache as far as it goes.  Throws Error naming the first that cannot be read; what else is odd
/// about them goes to stderr.
void check_readable(std::vector<Sample>& samples, const Spec& spec, ImageCache& cache);

}  // namespace tuna
