// The convolution algorithms of backends cuda and emulated: each in a file of its own.
#pragma once

#include "kernels/conv/algorithm.h"

namespace tuna::conv_cuda {

extern const ConvAlgorithm cublas;  // linear layers in f32
extern const ConvAlgorithm cudnn;

const ConvAlgorithms& table();

/// The same table, with `ref` in place of the algorithms that need a GPU.
const ConvAlgorithms& emulated_table();

}  // namespace tuna::conv_cuda
