// Values that persist between runs: parameters, optimizer moments, running statistics, image pools.  Programs of one
// method (pretraining, the joint step, evaluation) share one State, by the names of its values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/program/program.h"
#include "engine/runtime/host_tensor.h"
#include "engine/runtime/memory.h"

namespace tuna {

class State {
 public:
  explicit State(uint64_t seed = 0, const Device& device = {}) : seed_(seed), device_(device) {}

  /// For weights that are loaded from a file: values are zero until then.
  static State of_zeros(const Device& device) {
    State state(0, device);
    state.seed_.reset();
    return state;
  }

  const Device& device() const { return device_; }

  /// Creates the value if it is new.  Its initial elements depend only on the seed and its name.
  View ensure(const StateValue& value);

  bool contains(const std::string& name) const { return tensors_.count(name) != 0; }
  std::vector<std::string> names(const std::string& prefix = "") const;  // sorted
  const Type& type(const std::string& name) const;                       // throws Error naming it

  /// Copies of a value, from the device and to it.
  HostTensor read(const std::string& name) const;
  void write(const std::string& name, const HostTensor& value);

  /// Copies every value below `from` to the one below `to`, which is created if it is new: one network starts as a copy
  /// of another.
  void copy(const std::string& from, const std::string& to);

  FileLayout layout(const std::string& name) const;

  size_t bytes() const;

 private:
  struct Stored {
    Type type;
    FileLayout layout;
    Memory memory;

    View view() const { return {type, memory.address()}; }
  };
  const Stored& stored(const std::string& name) const;

  std::optional<uint64_t> seed_;  // none: zeros
  Device device_;
  std::map<std::string, Stored> tensors_;
};

}  // namespace tuna
