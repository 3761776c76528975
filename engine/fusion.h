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
  RecordedSteps(const Program& program, const Tensors& kept);

  const Step& operator[](size_t k) const { return program_.steps()[k]; }
  size_t size() const { return program_.steps().size(); }

  /// In the order of the program; a step that reads a value twice is there twice.
  const std::vector<size_t>& readers(uint32_t value) const { return readers_[value]; }

  /// Whether it must be there whoever reads it: an output, what a state holds after a run, one of those asked for.
  bool is_kept(uint32_t value) const { return kept_[value]; }

 private:
  const Program& program_;
  std::vector<std::vector<size_t>> readers_;
  std::vector<char> kept_;
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

/// Applies all rules; does nothing to a program made with Fusion::off.  `keep` are values that must not go away.
/// compile() and gradients() begin with it.
void fuse(Program& program, const Tensors& keep = {});

}  // namespace tuna
