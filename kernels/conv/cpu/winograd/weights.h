// Transformed weights, and their products with transformed tiles.
#pragma once

#include "kernels/conv/cpu/winograd/tiles.h"

namespace tuna::conv_cpu::winograd {

/// Of a transformed weight.  It is four times as large as the weight, so it is made anew in the workspace of each call:
/// were it kept from call to call, writing and reading it in memory would take longer than the products of small
/// images.
int64_t transformed_weight_floats(const ConvProblem& problem);

/// The weight [O, 3, 3, C] transformed for forward: for each component a matrix [C, O], in panels of kPanel columns.
void transform_weight(const ConvProblem& problem, const float* weight, float* transformed);

/// The same for backward data: for each component a matrix [O, C], in panels.
void transform_transposed_weight(const ConvProblem& problem, const float* weight, float* transformed);

/// For each component: to[tiles, columns] = from[tiles, depth] weight[depth, columns], of a transformed weight.  Depth
/// and columns are channels and output channels in forward, the reverse in backward data.
void multiply_by_weight(int64_t tiles, int64_t depth, int64_t columns, TransformedTiles from, const float* weight,
                        TransformedTiles to);

}  // namespace tuna::conv_cpu::winograd
