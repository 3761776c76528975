// A fuzz target reads bytes as one kind of file.  libFuzzer calls it with bytes of its own making, replay.cpp with
// files.
#pragma once

#include <string>

namespace tuna {

/// Defined by each target.  Error is the answer to a damaged file, and any other exception a fault.
void read_as_file(const std::string& bytes);

/// Ends the program, as a fault, unless `holds`.
void must_hold(bool holds, const char* what);

}  // namespace tuna
