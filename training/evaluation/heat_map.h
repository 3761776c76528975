// Pictures of where a classifier looks: Grad-CAM over the image that it sees.
#pragma once

#include "training/evaluation/predictor.h"
#include "training/evaluation/translator.h"

namespace tuna {

/// Records what `translate` generates, if it is given, and then Grad-CAM's map of each class, [1, S, S, 1], as large as
/// the image: bilinear between the pixels of the deepest activations that have 7 x 7 or more.
RecordImages heat_maps_of(const RecordLogits& logits, const RecordImages& translate);

/// RGB: the image under a transparent orange that is the denser, the larger `heat` is between its smallest value
/// (clear) and its largest; clear everywhere if all values are equal.  image [H, W, C] in [-1, 1], heat [H, W, 1].
Image with_heat(const Image& image, const Image& heat);

}  // namespace tuna
