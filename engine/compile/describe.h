// Descriptions of a compiled program: text and JSON.
#pragma once

#include <string>

#include "engine/compile/executable.h"

namespace tuna {

/// One line per step that runs: op (and its algorithm, if it has several), scope, outputs' types, memory; then the
/// total memory.
std::string to_text(const Executable& executable);

/// The same in JSON, with the types of inputs too; bytes are those that a step must read and write, and algorithm is
/// empty if an op has only one.
std::string to_json(const Executable& executable);

/// The fused steps by rule and chain, with their modules, and the steps that begin such a chain but were not fused.
std::string fusions_to_text(const Executable& executable);

/// The op of a step and its algorithm, if it has several: "conv2d (plain)".
std::string operation(const Instruction& instruction);

/// "f32 1x8x8x4, f32 1x1x1x4"
std::string types(const std::vector<View>& views);

/// A figure for a column: "-" for nothing, "<0.1" for little, else one decimal.
std::string one_decimal(double value);

}  // namespace tuna
