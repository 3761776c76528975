// Patients with their images, in strata of the same domains and labels: what splits and folds are dealt from.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "data/manifest.h"

namespace tuna {

struct PatientImages {
  std::string given_split;
  std::vector<Sample*> images;
  std::set<std::string>
      kinds;  ///< "domain label" of each image, without the label in a domain that counts as unlabelled
};

/// By name, so that the order of the samples does not matter.
std::map<std::string, PatientImages> group_by_patient(std::vector<Sample>& samples,
                                                      const std::string& unlabelled_domain);

/// Patients with the same kinds, shuffled; the draws of a stratum depend on the seed, `stream` and its kinds alone.
std::vector<std::vector<PatientImages*>> shuffled_strata(const std::vector<PatientImages*>& patients, uint64_t seed,
                                                         std::string_view stream);

}  // namespace tuna
