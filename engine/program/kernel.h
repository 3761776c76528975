// A kernel: what an op runs on a backend.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/runtime/target.h"
#include "engine/runtime/view.h"

namespace tuna {

struct Op;

struct Args {
  std::vector<View> in, out;
  std::vector<const void*> packed;  // one per Prepared::packings
  void* workspace = nullptr;
};

/// An input that a kernel needs in another layout (weights, for a library).  The executable packs it once per value and
/// layout, however many steps use it.
struct Packing {
  int input = 0;
  std::string layout;  // equal for equal results
  size_t bytes = 0;
  std::function<void(const void* source, void* packed, Stream&)> pack;
};

/// A kernel prepared for given types; `run` owns the objects of libraries.
struct Prepared {
  size_t workspace = 0;
  std::function<void(const Args&, Stream&)> run;
  std::vector<Packing> packings = {};
  std::string algorithm = {};  // its name, if the op has several
};

using PrepareKernel = std::function<Prepared(const Op&, const Types& in, const Types& out, const Target&)>;

}  // namespace tuna
