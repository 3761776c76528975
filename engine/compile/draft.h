// A program while it is compiled to an Executable.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "engine/compile/compile_options.h"
#include "engine/compile/memory_plan.h"
#include "engine/compile/state.h"
#include "engine/program/kernel.h"
#include "engine/program/program.h"
#include "engine/runtime/memory.h"

namespace tuna {

/// Where a value lies.  Several values share a storage through aliases and overwriting.
struct Place {
  int storage = -1;
  size_t offset = 0;
};

/// Memory for values, for a packed input or for a workspace.
struct Storage {
  size_t bytes = 0;
  int first = 0, last = -1;  // the steps between which it is in use; last < first: nothing reads it
  void* outside = nullptr;   // memory of State, or null for memory of the program

  /// The last step at which it is in use.
  int end() const { return std::max(first, last); }
};

/// A step's kernel, and the storages that it needs in addition to those of its values.
struct PreparedStep {
  Prepared kernel;              // `run` is empty for an alias
  std::vector<int> packed;      // the storage of each of the kernel's packings
  std::vector<size_t> to_pack;  // the packings that no earlier step has made
  int workspace = -1;           // a storage, or -1
};

/// Each pass reads what the passes before it left and adds its own part.
struct Draft {
  Draft(const Program& program, const Target& target, State& state, CompileOptions options = {})
      : program(program),
        target(target),
        state(state),
        options(options),
        steps(program.steps()),
        outputs(program.outputs()),
        states(program.states()) {}

  const Program& program;
  Target target;
  State& state;
  CompileOptions options;

  std::vector<Step> steps;  // as recorded, then as the passes rewrite them
  std::map<std::string, uint32_t> outputs;
  std::vector<StateValue> states;

  std::vector<Place> places;  // by value
  std::vector<Storage> storages;
  int small_inputs = -1, scalar_outputs = -1;  // the storages of join_ports(), or -1
  std::vector<PreparedStep> prepared;          // by step
  MemoryPlan plan;                             // of all storages; those outside take no part of it
  std::vector<Memory> memory;                  // one arena, or one per storage (separate_memory())
  std::vector<char*> addresses;                // by storage

  const Type& type(uint32_t value) const { return program.value(value).type; }
  Types types(const std::vector<uint32_t>& values) const;

  /// By value, whether it must exist after a run, read by a step or not: outputs, and the last values of states.
  std::vector<char> kept() const;

  /// Along a chain first -> ... -> last of versions that overwrite each other, the state whose versions they are: an
  /// index of `states`, or -1.  By value.
  std::vector<int> state_chains() const;

  /// Whether it computes the next version of a state in place; `chains` are state_chains().
  static bool updates_state(const Step& step, const std::vector<int>& chains);

  /// Whether its outputs are parts of its inputs' memory, so that nothing runs for it.
  bool is_alias(const Step& step) const { return step.op->alias(0, types(step.in)).has_value(); }

  View view(uint32_t value) const {
    return {type(value), addresses[size_t(places[value].storage)] + places[value].offset};
  }
};

}  // namespace tuna
