// Other ways to compute a row of the op table, which `tuna bench` compares with ours.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/runtime/device.h"
#include "tests/op_table/op_table.h"

namespace tuna {

constexpr uint64_t kBenchSeed = 1;  // for the values of every row

/// Records the replacement of a step; returns nothing if the step stays as it is.
using ReplaceStep = std::function<std::optional<Tensors>(const Op& op, const Tensors& in)>;

struct Version {
  std::string name;
  ReplaceStep replace;
};

/// "plain": each fused op as the plain ops that it replaces.  On a GPU also "cudnn": instance norm by cuDNN, if it
/// supports the input.
std::vector<Version> other_versions(const Device& device);

/// Whether a version changes anything in a recorded row.
bool changes(const Version& version, const Program& row);

/// The row in another version, of inputs with the same names and values.  `dtype` is the type of activations.
BuildRow in_version(const BuildRow& build, const Version& version, DType dtype);

}  // namespace tuna
