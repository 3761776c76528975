// From a recorded program to one that runs: a list of passes over a draft (engine/compile/passes.h).
#pragma once

#include "engine/compile/executable.h"
#include "engine/compile/state.h"
#include "engine/program/program.h"

namespace tuna {

struct CompileOptions {
  bool reuse_memory = true;
#ifdef NDEBUG
  bool poison_freed_memory = false;
#else
  bool poison_freed_memory = true;  // with NaN, so that a read after the last one is seen
#endif
  bool common_subexpressions = true;  // are computed once
  bool replay = true;  // where the device can: run() captures its work once there was a run, and replays it then
};

/// Throws Error where a step has no kernel, where a value would be read after it was overwritten, or where memory does
/// not suffice.  `program` stays as it is and may go away afterwards; `state` must outlive the result.
Executable compile(const Program& program, const Device& device, State& state, CompileOptions options = {});

}  // namespace tuna
