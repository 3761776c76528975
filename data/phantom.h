// Synthetic chest X-rays: drawings in two domains with a known disease, for trials, tests and demonstrations
// without patient data.
//
// Attenuation is added up along the beam, as in a radiograph: soft tissue, minus air, plus bone, plus disease; a tone
// curve turns it into gray.  The disease, "pneumonia", is patchy texture in the lungs.  Smooth shadows of the same size
// and brightness, exposure, and build vary in both classes alike, so mean brightness carries little information.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "data/image.h"
#include "data/on_threads.h"

namespace tuna {

constexpr int64_t kSmallestPhantom = 16, kLargestPhantom = 10'000;  ///< pixels on a side; larger ones cannot be read
constexpr int64_t kMostPhantoms = 1'000'000;                        ///< of a domain

struct PhantomOptions {
  int64_t adults = 500, children = 500;  ///< images per domain
  int64_t size = 64;                     ///< pixels on a side
  uint64_t seed = 0;
  int threads = 1;  ///< no influence on the images
};

/// One image of a patient, [size, size, 1] in [-1, 1].  domain: "adult", or "child": a smaller and rounder chest, arms
/// in the picture, a larger heart, another tone curve, less contrast, more noise.  Anatomy and disease belong to the
/// patient; position, exposure and noise to the image.
Image phantom(const std::string& domain, bool diseased, uint64_t seed, uint32_t patient, uint32_t image, int64_t size);

/// Writes FOLDER/<domain>/<patient>_<image>.png and FOLDER/manifest.csv.  Half of the patients are ill; a third have
/// two images.  Throws Error if the manifest or a domain's folder exists, or if an option is out of its range.  An
/// exception of `drawn`, which is called after each image, ends it.
void write_phantoms(const std::filesystem::path& folder, const PhantomOptions& options, const ItemsDone& drawn = {});

}  // namespace tuna
