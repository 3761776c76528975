// The convolution algorithms of backend cpu, in f32: each in a file of its own.
#pragma once

#include "kernels/conv/algorithm.h"

namespace tuna::conv_cpu {

extern const ConvAlgorithm winograd_4x4;
extern const ConvAlgorithm few_pixels;
extern const ConvAlgorithm many_channels;
extern const ConvAlgorithm few_channels;
extern const ConvAlgorithm onednn;             // if it is installed
extern const ConvAlgorithm few_channels_rest;  // the directions in which oneDNN is faster
extern const ConvAlgorithm plain;

const ConvAlgorithms& table();

}  // namespace tuna::conv_cpu
