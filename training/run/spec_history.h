// The key `history` of a run's spec.json: what later calls of `tuna train --resume` changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "training/spec/spec.h"

namespace tuna {

struct SettingsChange {
  std::string phase;  // from this phase and step on
  int64_t step = 0;
  std::vector<std::string> changed;  // "train.epochs: 10 -> 20"
};

using SpecHistory = std::vector<SettingsChange>;  // the oldest first

/// The history of a spec file; empty if it has none.  Throws Error if it is not as with_history() writes it.
SpecHistory history_in(const std::filesystem::path& spec);

/// The text of spec.json; reading it as a spec ignores the history.
std::string with_history(const Spec& spec, const SpecHistory& history);

}  // namespace tuna
