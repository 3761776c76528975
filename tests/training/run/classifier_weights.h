// Files for classifier.weights, made from what a run has learned.
#pragma once

#include "engine/files/safetensors.h"

namespace tuna {

/// F_A of a run's pretrained.safetensors under torchvision's names.
inline void write_classifier_weights(const std::filesystem::path& pretrained, const std::filesystem::path& to) {
  const SafetensorsFile file(pretrained);
  StoredTensors tensors;
  for (const auto& [name, tensor] : file.tensors()) tensors[name.substr(sizeof("F_A.") - 1)] = tensor;
  write_safetensors(to, tensors);
}

/// The same, but the very first activation overflows, so that no training step is finite.
inline void write_diverging_weights(const std::filesystem::path& pretrained, const std::filesystem::path& to) {
  write_classifier_weights(pretrained, to);
  const SafetensorsFile file(to);
  StoredTensors tensors = file.tensors();
  const std::vector<float> huge(file.values<float>("conv1.weight").size(), 1e38f);
  tensors["conv1.weight"] = stored_tensor(file.tensor("conv1.weight").shape, huge);
  write_safetensors(to, tensors);
}

}  // namespace tuna
