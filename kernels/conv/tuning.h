// tuning.json, which `tuna tune` writes: the algorithms of convolutions, and the machine on which they were measured.
// Timings select an algorithm only once, when the file is written, so a resumed run gives the same bits.
#pragma once

#include <filesystem>
#include <string>

#include "kernels/conv/tuning_file.h"

namespace tuna {

std::string to_string(const TuningPlace& place);  // "NVIDIA H200 (compute capability 9.0) with cuDNN 9.10.2"

/// The place of a device: the GPU, or the processor of this machine, with the libraries that its algorithms call.
TuningPlace tuning_place(const Device& device);

/// Throws Error if the file cannot be read, or is not a tuning file.
ConvChoices read_tuning(const std::filesystem::path& path);

/// Why choices were not measured on a device; empty if they were.
std::string measured_elsewhere(const ConvChoices& choices, const Device& device);

/// Sets the choices of a target from a tuning file.  Throws Error if the file was measured elsewhere, or names an
/// algorithm that the backend lacks.
void use_tuning(Target& target, const std::filesystem::path& path);

}  // namespace tuna
