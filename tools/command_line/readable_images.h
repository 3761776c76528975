// Checks all images before the work with them begins.
#pragma once

#include "data/loader.h"
#include "training/spec/spec.h"

namespace tuna {

/// Decodes the images, into the cache until it is full.  Throws Error naming the first that cannot be read; prints
/// other warnings to stderr.
void check_readable(std::vector<Sample>& samples, const Spec& spec, ImageCache& cache);

}  // namespace tuna
