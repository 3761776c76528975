// Grad-CAM (Selvaraju et al., ICCV 2017): which parts of an image speak for a class.
#pragma once

#include "engine/program/program.h"

namespace tuna {

/// ReLU(sum over k of a_k A_k), its Eq. 1 and 2.  A [1, h, w, K] are the deepest activations that have `pixels` or more
/// on a side; without any such, those that the classifier averages over the image before its last layers.  a_k is the
/// mean over the pixels of d logits_label / d A_k.
/// logits [1, 1, 1, classes] -> [1, h, w, 1], in the accumulation type.  Throws Error if logits are of several images
/// or do not follow from a global average.
Tensor grad_cam(Tensor logits, int64_t label, int64_t pixels = 1);

}  // namespace tuna
