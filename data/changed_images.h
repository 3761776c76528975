// Whether the images of a run are still those that it began with.
#pragma once

#include <vector>

#include "data/manifest.h"
#include "data/on_threads.h"

namespace tuna {

/// Fills every sample's checksum from its file.
void add_checksums(std::vector<Sample>& samples, int threads, const ItemsDone& done = {});

/// Throws Error that names the first files that differ from their checksums, or are gone.  Samples without a checksum
/// are not compared.
void check_unchanged(const std::vector<Sample>& samples, int threads, const ItemsDone& done = {});

}  // namespace tuna
