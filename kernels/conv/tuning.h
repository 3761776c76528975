// tuning.json, which `tuna tune` writes: the choices of convolutions' algorithms, and the machine they were measured
// on. What a timing chooses is kept in a file and read from there: so it is chosen once, and a run has the same bits
// whenever it goes on.
#pragma once

#include <filesystem>
#include <string>

#include "kernels/conv/choices.h"

namespace tuna {

std::string to_string(const TuningPlace& place);  // "NVIDIA H200 (compute capability 9.0) with cuDNN 9.10.2"

/// That of a device: the GPU, or the processor of this machine, with the libraries that its algorithms call.
TuningPlace tuning_place(const Device& device);

std::string tuning_json(const ConvChoices& choices);

/// Throws Error where `text`, the contents of `file`, is not what tuning_json() writes.
ConvChoices parse_tuning(const std::string& text, const std::string& file);

/// Throws Error where the file cannot be read, or is not a tuning file.
ConvChoices read_tuning(const std::filesystem::path& path);

/// Why choices were not measured on a device; empty if they were.
std::string measured_elsewhere(const ConvChoices& choices, const Device& device);

/// Makes a target choose as a file says.  Throws Error where that was measured elsewhere, or names an algorithm that
/// the backend lacks.
void use_tuning(Target& target, const std::filesystem::path& path);

}  // namespace tuna
