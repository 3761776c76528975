// y: transforms tiles of x, multiplies them by the transformed weight, transforms the products back.
#include "kernels/conv/cpu/winograd/directions.h"
#include "kernels/conv/cpu/winograd/weights.h"

namespace tuna::conv_cpu::winograd {
namespace {

// A^T M A of the tiles of a block, plus the bias, which may be null.
void transform_output(const ConvProblem& p, TransformedTiles from, const float* bias, Range block, float* y) {
  const Tiles tiles(p);
#pragma omp parallel for schedule(static)
  for (int64_t t = 0; t < block.size(); ++t) {
    const Pixels<kOut, float> pixels(y, p.y(), tiles.in_output(block.begin + t));
    for (int64_t o = 0; o < p.out_channels; o += kLanes) {
      const float* source = from.data + from.layout.at(t, o);
      const Vector shift = bias ? load(bias + o) : Vector{};
      transform_2d<kIn, kOut, output_transform>(
          [&](int i, int j) { return load(source + (i * kIn + j) * from.layout.component); },
          [&](int i, int j, const Vector& v) { pixels.store(i, j, o, v + shift); });
    }
  }
}

}  // namespace

Prepared forward(const ConvProblem& p) {
  const int64_t tiles = Tiles(p).count(), blocks = parts_of_at_most(tiles, kTilesOfBlock);
  const Layout in = in_rows(parts_of_at_most(tiles, blocks), p.channels),
               out = in_rows(parts_of_at_most(tiles, blocks), p.out_channels);
  return {size_t(in.floats() + out.floats() + transformed_weight_floats(p)) * sizeof(float),
          [=](const Args& args, Stream&) {
            const TransformedTiles inputs{static_cast<float*>(args.workspace), in},
                products{inputs.data + in.floats(), out};
            float* weight = products.data + out.floats();
            transform_weight(p, args.in[1].data<float>(), weight);
            for (int64_t b = 0; b < blocks; ++b) {
              const Range block = part_of(tiles, b, blocks);
              transform_input(p, args.in[0].data<float>(), block, inputs);
              multiply_by_weight(block.size(), p.channels, p.out_channels, inputs, weight, products);
              transform_output(p, products, p.bias ? args.in[2].data<float>() : nullptr, block,
                               args.out[0].data<float>());
            }
          }};
}

}  // namespace tuna::conv_cpu::winograd
