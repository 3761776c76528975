// State to and from safetensors, in PyTorch's shapes and order of elements.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/compile/state.h"
#include "engine/files/safetensors.h"

namespace tuna {

/// Writes the named values (f32 and i32 as they are), with a checksum over all of them in the metadata.
void save_weights(const std::filesystem::path& path, const State& state, const std::vector<std::string>& names,
                  const Metadata& metadata = {});

/// Throws Error if the file has a checksum that does not match its values.  load_weights() calls this first.
void verify_checksum(const SafetensorsFile& file);

struct LoadWeights {
  std::string prefix;       // of the state values to fill: "net."; all of them if empty
  std::string file_prefix;  // what their names begin with in the file instead; "" for torchvision's files
  std::vector<std::string>
      fresh;  // values that stay as they are if the file lacks them or has another shape ("fc.weight")
};

/// Fills every value below the prefix from the file's tensor of the same name.  Missing, unexpected and misshapen
/// tensors are reported together in one Error, and then nothing is changed; PyTorch's num_batches_tracked are
/// ignored.  F64 files fill f32 values and back.  Returns the `fresh` values that were left unchanged.
std::vector<std::string> load_weights(const SafetensorsFile& file, State& state, const LoadWeights& options);

}  // namespace tuna
