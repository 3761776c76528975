// Pictures of validation images while a phase trains: their translations by its generators, under captions.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "data/picture.h"
#include "training/methods/method.h"
#include "training/run/session.h"

namespace tuna {

/// At most `most` samples, in the order of their labels: of each label as many as of the others, if it has as many,
/// spread evenly over its samples.
std::vector<Sample> examples_of_labels(const std::vector<Sample>& samples, size_t most);

class PhasePictures {
 public:
  PhasePictures(Session& session, const std::vector<PicturesOf>& pictures, State& state);

  /// Writes images/step-00000100.png of the run, if `step` is 100; returns its path.
  std::filesystem::path write(int64_t step);

 private:
  PictureBlock block(const PicturesOf& of, Translator& translate) const;

  Session& session_;
  const std::vector<PicturesOf>& pictures_;
  std::vector<std::unique_ptr<Translator>> translators_;
};

}  // namespace tuna
