// Transformed weights, and their products with transformed tiles.
#pragma once

#include "engine/program/kernel.h"
#include "kernels/conv/cpu/winograd/tiles.h"

namespace tuna::conv_cpu::winograd {

/// The weight [O, 3, 3, C] transformed for forward: for each component a matrix [C, O], in panels of kPanel columns.
Packing pack_weight(const ConvProblem& problem);

/// The same for backward data: for each component a matrix [O, C], in panels.
Packing pack_transposed_weight(const ConvProblem& problem);

/// For each component: to[tiles, columns] = from[tiles, depth] weight[depth, columns].  `weight` is packed; depth and
/// columns are channels and output channels in forward, the reverse in backward data.
void multiply_by_weight(int64_t tiles, int64_t depth, int64_t columns, TransformedTiles from, const float* weight,
                        TransformedTiles to);

}  // namespace tuna::conv_cpu::winograd
