// Pictures of validation images while a phase trains: what its generators make of them, under captions.
#pragma once

#include <memory>
#include <vector>

#include "data/picture.h"
#include "training/methods/method.h"
#include "training/run/session.h"

namespace tuna {

class PhasePictures {
 public:
  PhasePictures(Session& session, const std::vector<PicturesOf>& pictures, State& state);

  /// images/step-00000100.png of the run.
  void write(int64_t step);

 private:
  PictureBlock block(const PicturesOf& of, Translator& translate) const;

  Session& session_;
  const std::vector<PicturesOf>& pictures_;
  std::vector<std::unique_ptr<Translator>> translators_;
};

}  // namespace tuna
