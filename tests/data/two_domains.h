// Samples to divide into splits and folds.
#pragma once

#include <string>
#include <vector>

#include "data/manifest.h"

namespace tuna {

/// 60 patients per domain with one to three images each; every third one is ill.
inline std::vector<Sample> two_domains() {
  std::vector<Sample> samples;
  for (const std::string domain : {"adult", "child"})
    for (int patient = 0; patient < 60; ++patient)
      for (int image = 0; image <= patient % 4 && image < 3; ++image) {
        const std::string id = domain + std::to_string(patient);
        samples.push_back(
            {id + "_" + std::to_string(image) + ".png", domain, patient % 3 == 0 ? "ill" : "well", id, ""});
      }
  return samples;
}

}  // namespace tuna
