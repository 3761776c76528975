// One file holds everything that a run needs to continue as if it had never stopped.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/compile/state.h"
#include "engine/files/safetensors.h"
#include "training/run/run_files.h"

namespace tuna {

/// Training diverged: too many steps in a row, or values to be saved, are not finite.
struct NotFinite : Error {
  using Error::Error;
};

/// The progress of a run.  Randomness is a function of seed and step, so this and State determine all later steps.
struct Progress {
  std::string phase;
  int64_t step = 0;  // steps of the phase that are done
  double best = -1;  // of the figure that chooses the weights to keep, if a phase has one
  int64_t best_epoch = -1;
  std::map<std::string, int64_t> skipped;  // by optimizer: steps skipped as not finite
  int64_t not_finite_in_a_row = 0;
  std::optional<double> feature_norm_at_start = {};  // of a validation that watches features
  std::map<std::string, int64_t> gated = {};         // by optimizer: finite steps in which its gate was closed
  std::vector<double> source_fractions = {};         // of the classes in source batches; empty: as the images are
  std::string computed_by = {};                      // the last step; of another machine the bits may differ
  std::string splits = {};                           // hash_of_splits(); empty: not known
  int64_t metrics_lines = 0;                         // of metrics.jsonl up to this step
};

nlohmann::json to_json(const Progress& progress);
Progress progress_from_json(const nlohmann::json& json, const std::string& file);

/// Writes checkpoints/<order>-<phase>-<step>.safetensors, the phase being the run's first, second and so on, with all
/// of `state`, reads it back, and only then removes the oldest ones of this phase beyond `keep` that are listed in
/// `files`; others stay.  Throws NotFinite, and writes nothing, if a value is not finite.
void save_checkpoint(const std::filesystem::path& folder, RunFiles& files, int order, const State& state,
                     const Progress& progress, int keep);

/// Removes the oldest checkpoints of a phase beyond `keep` that are listed in `files`, and never `newest`: one that
/// can be read, or none are removed.
void remove_old_checkpoints(const std::filesystem::path& folder, const RunFiles& files, const std::string& phase,
                            int keep, const std::filesystem::path& newest);

/// The checkpoints of a phase, the oldest first.
std::vector<std::filesystem::path> checkpoints_of(const std::filesystem::path& folder, const std::string& phase);

/// The newest checkpoint of a phase that reads without error; empty if there is none.  `unreadable` is set to the error
/// of the newest one that does not.
std::filesystem::path newest_checkpoint(const std::filesystem::path& folder, const std::string& phase,
                                        std::string* unreadable = nullptr);

/// A checkpoint by name: its file name, with or without .safetensors, or "latest": the newest of the first of these
/// phases that has one.  Throws Error, listing the existing ones, if the name is unknown.
std::filesystem::path find_checkpoint(const std::filesystem::path& folder, const std::string& name,
                                      const std::vector<std::string>& phases);

Progress checkpoint_progress(const SafetensorsFile& file);

/// The prefix of the names of a network's weights in a file of weights or a checkpoint: "net.", or "best.net." in a
/// checkpoint of a phase that keeps the weights that were best so far.  Empty if the file holds no such network.
std::string prefix_of_network(const SafetensorsFile& file, const std::string& net);

/// Fills a State, which must hold exactly the same values.
void load_checkpoint(const SafetensorsFile& file, State& state);

}  // namespace tuna
