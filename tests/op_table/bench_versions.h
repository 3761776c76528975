// Other ways to compute a row of the op table, for `tuna bench` to set beside ours.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/runtime/device.h"
#include "tests/op_table/op_table.h"

namespace tuna {

constexpr uint64_t kBenchSeed = 1;  // of the values in every row

/// What is recorded in the place of a step; nothing where the step stays as it is.
using ReplaceStep = std::function<std::optional<Tensors>(const Op& op, const Tensors& in)>;

struct Version {
  std::string name;
  ReplaceStep replace;
};

/// "plain": each fused op as the plain ops that it stands for.  On a GPU also "cudnn": instance norm by cuDNN, where it
/// has one for the input.
std::vector<Version> other_versions(const Device& device);

/// Whether a version changes anything in a recorded row.
bool changes(const Version& version, const Program& row);

/// The row in another version, of inputs with the same names and values.  `dtype` is what activations are stored as.
BuildRow in_version(const BuildRow& build, const Version& version, DType dtype);

}  // namespace tuna
