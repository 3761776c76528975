// How a program is compiled.
#pragma once

namespace tuna {

struct CompileOptions {
  bool reuse_memory = true;
#ifdef NDEBUG
  bool poison_freed_memory = false;
#else
  bool poison_freed_memory = true;  // with NaN, which exposes reads after the last use
#endif
  bool common_subexpressions = true;  // computes them once
  bool replay = true;                 // if the device supports it, every run() after the first replays a captured graph
};

}  // namespace tuna
