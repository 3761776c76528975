// How a program is compiled.
#pragma once

namespace tuna {

struct CompileOptions {
  bool reuse_memory = true;
#ifdef NDEBUG
  bool poison_freed_memory = false;
#else
  bool poison_freed_memory = true;  // with NaN, so that a read after the last use is seen
#endif
  bool common_subexpressions = true;  // are computed once
  bool replay = true;  // if the device supports it, run() captures its work after the first run, and replays it then
};

}  // namespace tuna
