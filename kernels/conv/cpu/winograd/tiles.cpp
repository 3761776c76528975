#include "kernels/conv/cpu/winograd/tiles.h"

namespace tuna::conv_cpu::winograd {

void transform_input(const ConvProblem& problem, const float* x, Range block, TransformedTiles to) {
  const Tiles tiles(problem);
#pragma omp parallel for schedule(static)
  for (int64_t t = 0; t < block.size(); ++t) {
    const Pixels<kIn, const float> pixels(x, problem.x(), tiles.in_input(block.begin + t));
    for (int64_t c = 0; c < problem.channels; c += kLanes) {
      float* target = to.data + to.layout.at(t, c);
      transform_2d<kIn, kIn, input_transform>(
          [&](int i, int j) { return pixels.load(i, j, c); },
          [&](int i, int j, const Vector& v) { store(target + (i * kIn + j) * to.layout.component, v); });
    }
  }
}

void transform_output_gradient(const ConvProblem& problem, const float* dy, Range block, TransformedTiles to) {
  const Tiles tiles(problem);
#pragma omp parallel for schedule(static)
  for (int64_t t = 0; t < block.size(); ++t) {
    const Pixels<kOut, const float> pixels(dy, problem.y(), tiles.in_output(block.begin + t));
    for (int64_t o = 0; o < problem.out_channels; o += kLanes) {
      float* target = to.data + to.layout.at(t, o);
      transform_2d<kOut, kIn, output_adjoint>(
          [&](int i, int j) { return pixels.load(i, j, o); },
          [&](int i, int j, const Vector& v) { store(target + (i * kIn + j) * to.layout.component, v); });
    }
  }
}

}  // namespace tuna::conv_cpu::winograd
