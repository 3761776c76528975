// Weights of a classifier whose very first activation overflows, so that no training step with it is finite.
#pragma once

#include "engine/safetensors.h"

namespace tuna {

/// From a run's pretrained.safetensors, as a file for classifier.weights.
inline void write_diverging_weights(const std::filesystem::path& pretrained, const std::filesystem::path& to) {
  const SafetensorsFile file(pretrained);
  StoredTensors tensors;
  for (const auto& [name, tensor] : file.tensors()) tensors[name.substr(sizeof("F_A.") - 1)] = tensor;
  const std::vector<float> huge(tensors.at("conv1.weight").data.size() / sizeof(float), 1e38f);
  tensors["conv1.weight"] = stored_tensor(tensors.at("conv1.weight").shape, huge);
  write_safetensors(to, tensors);
}

}  // namespace tuna
