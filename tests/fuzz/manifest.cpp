// Manifests, and the division of their images into splits.
#include "data/manifest.h"

#include "data/splits.h"
#include "tests/fuzz/target.h"

void tuna::read_as_file(const std::string& bytes) {
  std::vector<Sample> samples = parse_manifest(bytes, "/data/manifest.csv").samples;
  must_hold(!samples.empty(), "a manifest has images");
  for (const Sample& sample : samples) {
    must_hold(sample.path.is_absolute() && !sample.domain.empty(), "an image has a path and a domain");
    must_hold(!sample.patient.empty(), "an image has a patient");
  }
  assign_splits(samples, {});
  for (const Sample& sample : samples) must_hold(!sample.split.empty(), "each image is in a split");
  check_no_leak(samples);
}
