// A program as a person reads it.
#pragma once

#include <string>

#include "engine/compile/executable.h"

namespace tuna {

/// One line per step that runs: op (and its algorithm, where it has several), scope, outputs' types, memory; then what
/// the memory comes to.
std::string to_text(const Executable& executable);

/// The same for programs, in JSON, with the types of inputs too; bytes are those that a step must read and write, and
/// algorithm is empty where an op has only one.
std::string to_json(const Executable& executable);

/// The same for graphviz: boxes are steps, grouped by module; edges carry types.
std::string to_dot(const Executable& executable);

/// Which fusion rules made steps, of which chains and in which modules; then the steps that begin such a chain, but
/// that no rule took.
std::string fusions_to_text(const Executable& executable);

/// A figure for a column: "-" for nothing, "<0.1" for little, else one decimal.
std::string one_decimal(double value);

}  // namespace tuna
