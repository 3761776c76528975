// dx, as the adjoint of forward on the same tiles: as a forward convolution of dy with the kernel turned by 180 degrees
// it would need more tiles, 81 instead of 64 for 32 x 32 pixels.
#include "kernels/conv/cpu/winograd/directions.h"
#include "kernels/conv/cpu/winograd/weights.h"

namespace tuna::conv_cpu::winograd {
namespace {

// B M B^T of the tiles of a block.  Tiles of dx overlap by two pixels, so they are added; the first tile that holds a
// pixel, in their order, stores it.  Threads share the channels and each goes through all tiles: no two write to one
// place, and the order of sums does not depend on their number.
void transform_input_gradient(const ConvProblem& p, TransformedTiles from, Range block, float* dx) {
  constexpr int kOverlap = kIn - kOut;
  const Tiles tiles(p);
#pragma omp parallel for schedule(static)
  for (int64_t c = 0; c < p.channels; c += kLanes)
    for (int64_t tile = block.begin; tile < block.end; ++tile) {
      const Pixels<kIn, float> pixels(dx, p.x(), tiles.in_input(tile));
      const bool above = tiles.has_tile_above(tile), left = tiles.has_tile_to_the_left(tile);
      const float* source = from.data + from.layout.at(tile - block.begin, c);
      transform_2d<kIn, kIn, input_adjoint>(
          [&](int i, int j) { return load(source + (i * kIn + j) * from.layout.component); },
          [&](int i, int j, const Vector& v) {
            if ((i < kOverlap && above) || (j < kOverlap && left))
              pixels.add(i, j, c, v);
            else
              pixels.store(i, j, c, v);
          });
    }
}

}  // namespace

Prepared backward_data(const ConvProblem& p) {
  const int64_t tiles = Tiles(p).count(), blocks = parts_of_at_most(tiles, kTilesOfBlock);
  const Layout in = in_rows(parts_of_at_most(tiles, blocks), p.out_channels),
               out = in_rows(parts_of_at_most(tiles, blocks), p.channels);
  return {size_t(in.floats() + out.floats() + transformed_weight_floats(p)) * sizeof(float),
          [=](const Args& args, Stream&) {
            const TransformedTiles gradients{static_cast<float*>(args.workspace), in},
                products{gradients.data + in.floats(), out};
            float* weight = products.data + out.floats();
            transform_transposed_weight(p, args.in[1].data<float>(), weight);
            for (int64_t b = 0; b < blocks; ++b) {
              const Range block = part_of(tiles, b, blocks);
              transform_output_gradient(p, args.in[0].data<float>(), block, gradients);
              multiply_by_weight(block.size(), p.out_channels, p.channels, gradients, weight, products);
              transform_input_gradient(p, products, block, args.out[0].data<float>());
            }
          }};
}

}  // namespace tuna::conv_cpu::winograd
