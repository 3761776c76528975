// What lives on between runs: parameters, optimizer moments, running statistics, image pools.  Programs of one method
// (pretraining, the joint step, evaluation) share one State and meet in it by name.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/op.h"
#include "engine/program.h"

namespace tuna {

/// Memory on a 64-byte border, as vector instructions like it.
struct AlignedDelete {
  void operator()(void* memory) const;
};
using AlignedMemory = std::unique_ptr<void, AlignedDelete>;
AlignedMemory allocate_aligned(size_t bytes);  // throws Error saying how much was asked for

class State {
 public:
  explicit State(uint64_t seed = 0) : seed_(seed) {}

  /// Makes the value if it is new.  What it is drawn to be depends on the seed and its name alone.
  View ensure(const StateValue& value);

  bool contains(const std::string& name) const { return tensors_.count(name) != 0; }
  View at(const std::string& name) const;                                // throws Error naming it
  std::vector<std::string> names(const std::string& prefix = "") const;  // sorted

  /// Gives every value below `to` the bytes of the one below `from`, making it where it is new: F_P starts as a copy of
  /// F_A.
  void copy(const std::string& from, const std::string& to);

  FileLayout layout(const std::string& name) const;

  size_t bytes() const;

 private:
  struct Stored {
    Type type;
    FileLayout layout;
    AlignedMemory memory;
  };
  const Stored& stored(const std::string& name) const;

  uint64_t seed_;
  std::map<std::string, Stored> tensors_;
};

}  // namespace tuna
