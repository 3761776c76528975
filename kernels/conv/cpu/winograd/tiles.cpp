#include "kernels/conv/cpu/winograd/tiles.h"

namespace tuna::conv_cpu::winograd {
namespace {

// Tiles of Size x Size pixels of an image [N, H, W, C], whose corners are at tiles.*corner.
template <int Size, void (*Transform)(const Vector*, Vector*)>
void transform_tiles(const float* image, const Shape& shape, const Tiles& tiles, Corner (Tiles::*corner)(int64_t) const,
                     Range block, TransformedTiles to) {
#pragma omp parallel for schedule(static)
  for (int64_t t = 0; t < block.size(); ++t) {
    const Pixels<Size, const float> pixels(image, shape, (tiles.*corner)(block.begin + t));
    for (int64_t c = 0; c < shape.c; c += kLanes) {
      float* target = to.data + to.layout.at(t, c);
      transform_2d<Size, kIn, Transform>(
          [&](int i, int j) { return pixels.load(i, j, c); },
          [&](int i, int j, const Vector& v) { store(target + (i * kIn + j) * to.layout.component, v); });
    }
  }
}

}  // namespace

void transform_input(const ConvProblem& problem, const float* x, Range block, TransformedTiles to) {
  transform_tiles<kIn, input_transform>(x, problem.x(), Tiles(problem), &Tiles::in_input, block, to);
}

void transform_output_gradient(const ConvProblem& problem, const float* dy, Range block, TransformedTiles to) {
  transform_tiles<kOut, output_adjoint>(dy, problem.y(), Tiles(problem), &Tiles::in_output, block, to);
}

}  // namespace tuna::conv_cpu::winograd
