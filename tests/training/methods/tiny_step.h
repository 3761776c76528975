// A joint training step of TUNA-Net that is small enough for tests to run many.
#pragma once

#include "engine/compile/compile.h"
#include "training/methods/joint_step.h"

namespace tuna {

class TinyStep {
 public:
  TinyStep(State& state, const Target& target, CompileOptions options = {},
           BatchNormMode batch_norm = BatchNormMode::frozen);

  /// Step 0, 1, ...: images, labels, rates and the pools' decisions are functions of the step.
  void run(int64_t step);

  /// The same with NaN at a pixel of input `image`.
  void run_with_nan(int64_t step, const std::string& image);

  const Executable& executable() const { return executable_; }

 private:
  void set_inputs(int64_t step);

  Executable executable_;
};

/// Every byte of a state.
using Snapshot = std::map<std::string, std::vector<std::byte>>;
Snapshot snapshot(const State& state);

/// The values that are not the same bytes in both, or are in one only.
std::vector<std::string> differing(const Snapshot& a, const Snapshot& b);

}  // namespace tuna
