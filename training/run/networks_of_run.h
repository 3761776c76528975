// The networks of a finished run, or of one of its checkpoints.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/files/safetensors.h"
#include "training/methods/method.h"

namespace tuna {

/// Finds the file with the networks of each phase: its result, or the checkpoint.
class NetworksOfRun {
 public:
  /// `checkpoint` may be null; it and `phases` must outlive this.
  NetworksOfRun(std::filesystem::path run, const SafetensorsFile* checkpoint, const std::vector<Phase>& phases);

  /// The file of a phase's networks; empty before they are trained.
  std::filesystem::path path(const std::string& phase) const;

  /// Loads the networks that these records use, as they are after a phase whose path() is not empty.
  void load(const std::string& phase, const std::vector<RecordLogits>& records, const Spec& spec, State& state) const;

 private:
  bool starts_from_checkpoint(const std::string& phase) const;

  std::filesystem::path run_;
  const SafetensorsFile* checkpoint_;  // in memory, as the run that is training may remove it
  const std::vector<Phase>& phases_;
  std::string phase_;  // of the checkpoint
};

/// The spec of a run, in which the networks of the first phase replace the file of start weights, as all files of a run
/// define the same networks.
Spec spec_of_trained(const std::filesystem::path& run, const SafetensorsFile* checkpoint = nullptr);

}  // namespace tuna
