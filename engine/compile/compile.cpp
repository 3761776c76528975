#include "engine/compile/compile.h"

#include "engine/compile/passes.h"

namespace tuna {

Executable compile(const Program& program, const Target& target, State& state, CompileOptions options) {
  check(same_memory(target.device, state.device()), "compile: a program for {} cannot use a state on {}",
        to_string(target.device), to_string(state.device()));
  if (separate_memory()) options.reuse_memory = options.poison_freed_memory = false;
  const Runtime::Access access = runtime(target.device).enter();
  Draft draft(program, target, state, options);
  keep_needed(draft);
  remove_whole_aliases(draft);
  fuse(draft);
  if (options.common_subexpressions) remove_common_subexpressions(draft);
  hoist_updates(draft);
  place_values(draft);
  if (runtime(target.device).has_discrete_memory() && options.reuse_memory) join_ports(draft);
  prepare_kernels(draft);
  plan_memory(draft);
  bind_memory(draft);
  return Executable(make_instructions(std::move(draft)));
}

}  // namespace tuna
