// The convolution algorithms of backend cpu, in f32: each in a file of its own.
#pragma once

#include "engine/base/cpu.h"
#include "kernels/conv/algorithm.h"

namespace tuna {

/// What this folder is compiled to for an instruction set.
struct CpuConvKernels {
  InstructionSet instruction_set;
  const ConvAlgorithms& (*algorithms)();
  double (*measured_flops)();  // operations per second of the product that they run on, by all threads
};

}  // namespace tuna

namespace tuna::conv_cpu {

extern const ConvAlgorithm winograd_4x4;
extern const ConvAlgorithm few_pixels;
extern const ConvAlgorithm many_channels;
extern const ConvAlgorithm few_channels;
extern const ConvAlgorithm onednn;             // if it is installed
extern const ConvAlgorithm few_channels_rest;  // the directions in which oneDNN is faster
extern const ConvAlgorithm plain;

extern const CpuConvKernels kernels;

double measured_flops();

}  // namespace tuna::conv_cpu
