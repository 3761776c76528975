// The loop that trains any phase of any method.
#pragma once

#include <filesystem>

#include "training/methods/method.h"
#include "training/run/session.h"

namespace tuna {

/// Trains from session.progress on, with `checkpoint` if that is not empty, to the last step, and writes the networks
/// to the phase's result.  On the way: images loaded ahead, learning rates, steps left out as not finite, metrics,
/// pictures, validation, checkpoints.  Throws Interrupted after saving where a signal asks for it, NotFinite where
/// training diverges.
void run_phase(Session& session, const Phase& phase, const std::filesystem::path& checkpoint);

}  // namespace tuna
