// The passes of compile(), in their order.  Each is one idea in one file.
#pragma once

#include "engine/compile/draft.h"
#include "engine/compile/executable.h"

namespace tuna {

/// Removes the steps that no output and no state needs.
void keep_needed(Draft& draft);

/// Replaces a value that is an alias of a whole other value (stop_gradient) by that one.
void remove_whole_aliases(Draft& draft);

/// Replaces chains of steps by one op each (engine/program/fusion.h).
void fuse(Draft& draft);

/// Computes once what several steps compute: of equal ops with equal inputs, the first replaces the others.
void remove_common_subexpressions(Draft& draft);

/// Moves updates of states, and the scalars that only updates read, to the first place where their inputs exist
/// and what they overwrite has been read.
void hoist_updates(Draft& draft);

/// Gives every value a storage: a new one, that of an input which it may overwrite, a part of another value's, or
/// memory of the state.  Throws Error if a value would be read after it was overwritten.
void place_values(Draft& draft);

/// Makes the storages of small inputs parts of one, and those of scalar outputs of another, so that each of the
/// two is copied between host and device in one copy.
void join_ports(Draft& draft);

/// Finds a kernel for each step and prepares it; adds storages for its workspace and its packed inputs, each packed
/// once per value and layout.  Throws Error naming the module of a step that has no kernel.
void prepare_kernels(Draft& draft);

/// Plans which storages share memory.
void plan_memory(Draft& draft);

/// Allocates the memory and gives every storage its address.
void bind_memory(Draft& draft);

/// The last pass: what an Executable runs.
CompiledProgram make_instructions(Draft draft);

}  // namespace tuna
