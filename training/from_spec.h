// From the words of a spec to the options of what it describes.
#pragma once

#include "data/image.h"
#include "data/loader.h"
#include "training/methods/tuna_net_step.h"
#include "training/spec.h"

namespace tuna {

ImageFormat image_format(const Spec& spec);
GeneratorOptions generator_options(const Spec& spec);
TunaNetStepOptions tuna_net_step_options(const Spec& spec);
Device device(const Spec& spec);  // throws Error where it, or its precision, cannot be had

/// " (no GPU: this machine has no NVIDIA driver)" where auto became the cpu; else empty.
std::string why_no_gpu(const Spec& spec, const Device& device);

/// Looks into classifier.weights, if there is one, for the number of channels: torchvision's file, or one of a run.
ClassifierOptions classifier_options(const Spec& spec);

/// The spec of networks that are trained already: their own file says what classifier.weights said, which may be gone.
Spec with_trained_weights(Spec spec, const std::filesystem::path& weights);

/// Batches of shuffled, augmented training images; labels are read only with `labelled`.
LoaderOptions loader_options(const Spec& spec, const AugmentationSpec& augmentation, int64_t batch,
                             const std::string& stream);

}  // namespace tuna
