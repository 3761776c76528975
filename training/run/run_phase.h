// The loop that trains any phase of any method.
#pragma once

#include <filesystem>

#include "training/methods/method.h"
#include "training/run/session.h"

namespace tuna {

/// Trains from session.progress on, with `checkpoint` if that is not empty, to the last step, and writes the networks
/// to the phase's result.  Includes loading ahead, learning rates, skipping of steps that are not finite, metrics,
/// pictures, validation and checkpoints.  Throws Interrupted, after saving, if a signal requests a stop, NotFinite if
/// training diverges.
void run_phase(Session& session, const Phase& phase, const std::filesystem::path& checkpoint);

}  // namespace tuna
