// Fusion: a pass over the recorded program that puts one op in the place of a chain of steps, where that op passes over
// memory less often.  So models go on reading like the paper.  It runs before gradients are recorded: a fused op brings
// its own.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engine/program.h"

namespace tuna {

/// The steps of a program, and who reads what they make.
class RecordedSteps {
 public:
  /// kept: by value, whether it must be there whoever reads it.
  RecordedSteps(const std::vector<Step>& steps, const std::vector<char>& kept);

  const Step& operator[](size_t k) const { return steps_[k]; }
  size_t size() const { return steps_.size(); }

  /// In the order of the program; a step that reads a value twice is there twice.
  const std::vector<size_t>& readers(uint32_t value) const { return readers_[value]; }

  /// Whether it must be there even if no step reads it: an output, what a state holds after a run.
  bool is_kept(uint32_t value) const { return kept_[value]; }

 private:
  const std::vector<Step>& steps_;
  const std::vector<char>& kept_;
  std::vector<std::vector<size_t>> readers_;
};

/// One step in the place of several.  It makes the values that are still needed, under their old ids, and stands where
/// the last of the replaced steps stood that reads anything from outside of them.
struct Fused {
  std::vector<size_t> replaced;  // in the order of the program
  std::shared_ptr<const Op> op;
  std::vector<uint32_t> in, out;
};

/// Whether a chain begins at step k, and what takes its place.
using FindChain = std::function<std::optional<Fused>(const RecordedSteps& steps, size_t k)>;

/// A rule, registered at program start by the op that it introduces.
struct FusionRule {
  explicit FusionRule(FindChain find);
};

/// Applies all rules.  kept: by value, whether it must not go away.
std::vector<Step> fuse_steps(const std::vector<Step>& steps, const std::vector<char>& kept);

/// Applies all rules to a program, before gradients are recorded; does nothing to one made with Fusion::off.  `keep`
/// are values that must not go away, besides outputs and what states hold.
void fuse(Program& program, const Tensors& keep = {});

}  // namespace tuna
