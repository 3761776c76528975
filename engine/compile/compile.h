// From a recorded program to one that runs: a list of passes over a draft (engine/compile/passes.h).
#pragma once

#include "engine/compile/compile_options.h"
#include "engine/compile/executable.h"
#include "engine/compile/state.h"
#include "engine/program/program.h"

namespace tuna {

/// Throws Error if a step has no kernel, a value would be read after it was overwritten, or memory runs out.
/// `program` is unchanged and need not outlive the result; `state` must.
Executable compile(const Program& program, const Target& target, State& state, CompileOptions options = {});

}  // namespace tuna
