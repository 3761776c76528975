// Descriptions of a compiled program: text, JSON and graphs.
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

/// The same in Graphviz's DOT: boxes are steps, grouped by module; edges carry types.
std::string to_dot(const Executable& executable);

/// The fused steps by rule and chain, with their modules, and the steps that begin such a chain but were not fused.
std::string fusions_to_text(const Executable& executable);

/// A figure for a column: "-" for nothing, "<0.1" for little, else one decimal.
std::string one_decimal(double value);

}  // namespace tuna
