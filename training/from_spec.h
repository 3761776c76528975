// From the words of a spec to the options of what it describes.
#pragma once

#include "data/image.h"
#include "data/loader.h"
#include "training/methods/tuna_net_step.h"
#include "training/spec.h"

namespace tuna {

ImageFormat image_format(const Spec& spec);
ClassifierOptions classifier_options(const Spec& spec);  // reads the header of classifier.weights, if there is one
TunaNetStepOptions tuna_net_step_options(const Spec& spec);
Device device(const Spec& spec);  // throws Error where it cannot be used

/// Batches of shuffled, augmented training images; labels are read only with `labelled`.
LoaderOptions loader_options(const Spec& spec, const AugmentationSpec& augmentation, int64_t batch,
                             const std::string& stream);

}  // namespace tuna
