// dweight: for each component a product over all tiles of transformed dy and transformed x, transformed back.
#include "kernels/conv/cpu/microkernel.h"
#include "kernels/conv/cpu/winograd/directions.h"
#include "kernels/conv/cpu/winograd/tiles.h"

namespace tuna::conv_cpu::winograd {
namespace {

// The transformed gradient is computed in pieces of some output channels x kPanel channels, all components of one after
// another: 110 KiB, which stay in the second cache until they are transformed back.
constexpr int64_t kMostOutChannels = 48;
constexpr int64_t kPieceComponent = kMostOutChannels * kPanel + kSkew, kPieceFloats = kComponents * kPieceComponent;

struct Piece {
  Range out_channels;
  int64_t channel;  // the first of the panel
};

struct Pieces {
  int64_t out_channels, strips, panels;

  explicit Pieces(const ConvProblem& p)
      : out_channels(p.out_channels),
        strips(parts_of_at_most(p.out_channels, kMostOutChannels)),
        panels(p.channels / kPanel) {}
  int64_t count() const { return strips * panels; }
  Piece operator[](int64_t index) const {
    return {part_of(out_channels, index / panels, strips), index % panels * kPanel};
  }
};

// sums[component][out_channels, kPanel] = or += the products over the tiles of a block.
void multiply_tiles(const Piece& piece, int64_t tiles, TransformedTiles inputs, TransformedTiles gradients, bool add,
                    float* sums) {
  const int64_t groups = parts_of_at_most(piece.out_channels.size(), kRows);
  const float* b = inputs.data + inputs.layout.at(0, piece.channel);
  const float* a = gradients.data + gradients.layout.at(0, piece.out_channels.begin);
  for (int64_t component = 0; component < kComponents; ++component) {
    // Those of the next component are prefetched: the panel of inputs, then the lines of 16 output channels.
    const int64_t next = std::min<int64_t>(component + 1, kComponents - 1);
    for (int64_t group = 0; group < groups; ++group) {
      const Range rows = part_of(piece.out_channels.size(), group, groups);
      multiply(rows.size(), {.a = a + component * gradients.layout.component + rows.begin,
                             .a_row = 1,
                             .a_column = gradients.layout.tile,
                             .b = b + component * inputs.layout.component,
                             .b_row = inputs.layout.tile,
                             .depth = tiles,
                             .c = sums + component * kPieceComponent + rows.begin * kPanel,
                             .c_row = kPanel,
                             .add = add,
                             .next = group == 0 ? b + next * inputs.layout.component
                                                : a + next * gradients.layout.component + (group - 1) * kPanel,
                             .next_step = group == 0 ? inputs.layout.tile : gradients.layout.tile});
    }
  }
}

// G^T M G of a piece.
void transform_weight_gradient(const ConvProblem& p, const Piece& piece, const float* sums, float* dweight) {
  for (int64_t row = 0; row < piece.out_channels.size(); ++row)
    for (int64_t lane = 0; lane < kPanel; lane += kLanes) {
      const float* from = sums + row * kPanel + lane;
      float* to = dweight + (piece.out_channels.begin + row) * kTaps * kTaps * p.channels + piece.channel + lane;
      transform_2d<kIn, kTaps, weight_adjoint>(
          [&](int i, int j) { return load(from + (i * kIn + j) * kPieceComponent); },
          [&](int i, int j, const Vector& v) { store(to + (i * kTaps + j) * p.channels, v); });
    }
}

}  // namespace

Prepared backward_weight(const ConvProblem& p) {
  const int64_t tiles = Tiles(p).count(), blocks = parts_of_at_most(tiles, kTilesOfWeightBlock);
  const Layout x_layout = in_panels(parts_of_at_most(tiles, blocks), p.channels),
               dy_layout = in_rows(parts_of_at_most(tiles, blocks), p.out_channels);
  const Pieces pieces(p);
  Prepared prepared;
  prepared.workspace =
      size_t(x_layout.floats() + dy_layout.floats() + (blocks > 1 ? pieces.count() * kPieceFloats : 0)) * sizeof(float);
  prepared.run = [=](const Args& args, Stream&) {
    const TransformedTiles inputs{static_cast<float*>(args.workspace), x_layout},
        gradients{inputs.data + x_layout.floats(), dy_layout};
    float* sums = gradients.data + dy_layout.floats();
    for (int64_t b = 0; b < blocks; ++b) {
      const Range block = part_of(tiles, b, blocks);
      transform_input(p, args.in[0].data<float>(), block, inputs);
      transform_output_gradient(p, args.in[1].data<float>(), block, gradients);
#pragma omp parallel for schedule(static)
      for (int64_t index = 0; index < pieces.count(); ++index) {
        // If all tiles are one block, sums never leave the cache.
        alignas(64) float on_stack[kPieceFloats];
        float* of_piece = blocks > 1 ? sums + index * kPieceFloats : on_stack;
        multiply_tiles(pieces[index], block.size(), inputs, gradients, b > 0, of_piece);
        if (b == blocks - 1) transform_weight_gradient(p, pieces[index], of_piece, args.out[0].data<float>());
      }
    }
  };
  return prepared;
}

}  // namespace tuna::conv_cpu::winograd
