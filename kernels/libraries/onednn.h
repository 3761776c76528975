// oneDNN on the CPU, in its 2.6 and its 3.x interface: errors, calls and layouts.
#pragma once

#include <string>

namespace tuna {

/// "oneDNN 2.6.3", or "none".
std::string onednn_version();

}  // namespace tuna

#ifdef TUNA_HAS_ONEDNN

#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

#include "engine/base/check.h"

namespace tuna::onednn {

const dnnl::engine& engine();

/// Throws OutOfMemory unless there is memory for what a primitive's creation takes.  oneDNN does not check the memory
/// of the code that it generates (seen in 2.6.3), and the program would end there.
void check_memory_to_create(const std::string& what);

/// For primitives whose scratch memory is part of the memory plan, as all workspaces are.
dnnl::primitive_attr attributes();

/// "onednn ...", equal for equal layouts.
std::string layout_name(const dnnl::memory::desc& desc);

/// A primitive with memory objects that are made once; each call points them at its tensors.
struct Call {
  dnnl::primitive primitive;
  std::unordered_map<int, dnnl::memory> arguments;

  void bind(int argument, const dnnl::memory::desc& desc);
  void point(int argument, const void* data);
  void execute();
};

std::shared_ptr<Call> reorder(const dnnl::memory::desc& from, const dnnl::memory::desc& to);
void run_reorder(Call& call, const void* from, void* to);

/// Converts oneDNN's exceptions to Error, with what() as the context that they lack.
template <class What, class F>
auto checked(What what, F call) {
  try {
    return call();
  } catch (const dnnl::error& error) {
    fail("oneDNN: {}: {}", what(), error.message);
  }
}

}  // namespace tuna::onednn

#endif
