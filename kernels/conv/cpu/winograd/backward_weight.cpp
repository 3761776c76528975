// dweight: for each component a product over all tiles of transformed dy and transformed x, transformed back.
#include <algorithm>

#include "kernels/conv/cpu/microkernel.h"
#include "kernels/conv/cpu/winograd/directions.h"
#include "kernels/conv/cpu/winograd/tiles.h"

namespace tuna::conv_cpu::winograd {
namespace {

// The transformed gradient is computed in pieces of at most 64 x 64 channels, all components of one after another: 580
// KiB, which stay in the second cache until they are transformed back.  Larger pieces read the tiles less often.
constexpr int64_t kMostPanels = 4, kMostChannels = kMostPanels * kPanel;
constexpr int64_t kPieceFloats = kComponents * (kMostChannels * kMostChannels + kSkew);

struct Piece {
  Range out_channels, channels;
  int64_t row() const { return channels.size(); }  // distances in floats
  int64_t component() const { return out_channels.size() * row() + kSkew; }
};

// Smaller ones where the threads would have less than two each; their size does not change the sums.
struct Pieces {
  int64_t out_panels, panels, rows, columns;

  Pieces(const ConvProblem& p, int threads) : out_panels(p.out_channels / kPanel), panels(p.channels / kPanel) {
    for (int64_t most = kMostPanels; most > 0; most /= 2) {
      rows = parts_of_at_most(out_panels, std::clamp<int64_t>(out_panels / 4, 2, std::max<int64_t>(2, most)));
      columns = parts_of_at_most(panels, std::clamp<int64_t>(panels / 4, 1, most));
      if (count() >= 2 * threads) break;
    }
  }
  int64_t count() const { return rows * columns; }
  int64_t most_floats() const {
    return kComponents
           * (parts_of_at_most(out_panels, rows) * kPanel * parts_of_at_most(panels, columns) * kPanel + kSkew);
  }
  Piece operator[](int64_t index) const {
    const Range o = part_of(out_panels, index / columns, rows), c = part_of(panels, index % columns, columns);
    return {{o.begin * kPanel, o.end * kPanel}, {c.begin * kPanel, c.end * kPanel}};
  }
};

// sums[component][out_channels, channels] = or += the products over the tiles of a block.
void multiply_tiles(const Piece& piece, int64_t tiles, TransformedTiles inputs, TransformedTiles gradients, bool add,
                    float* sums) {
  for (int64_t component = 0; component < kComponents; ++component, sums += piece.component()) {
    const bool last = component == kComponents - 1;
    const int64_t next_a = last ? 0 : gradients.layout.component, next_b = last ? 0 : inputs.layout.component;
    for (int64_t c = 0; c < piece.channels.size(); c += kPanel)
      for (int64_t o = 0; o < piece.out_channels.size(); o += kPanel) {
        const float* a = gradients.panel(component, piece.out_channels.begin + o);
        const float* b = inputs.panel(component, piece.channels.begin + c);
        // The first of a row prefetches inputs of the next component, the others their gradients.
        multiply_panels(kPanel, kPanel,
                        {.a = a,
                         .a_row = 1,
                         .a_column = kPanel,
                         .b = b,
                         .b_row = kPanel,
                         .depth = tiles,
                         .c = sums + o * piece.row() + c,
                         .c_row = piece.row(),
                         .add = add,
                         .next = o == 0 ? b + next_b : a + next_a,
                         .next_step = kPanel},
                        0);
      }
  }
}

// G^T M G of a piece.
void transform_weight_gradient(const ConvProblem& p, const Piece& piece, const float* sums, float* dweight) {
  for (int64_t row = 0; row < piece.out_channels.size(); ++row)
    for (int64_t lane = 0; lane < piece.channels.size(); lane += kLanes) {
      const float* from = sums + row * piece.row() + lane;
      float* to = dweight + (piece.out_channels.begin + row) * kTaps * kTaps * p.channels + piece.channels.begin + lane;
      transform_2d<kIn, kTaps, weight_adjoint>(
          [&](int i, int j) { return load(from + (i * kIn + j) * piece.component()); },
          [&](int i, int j, const Vector& v) { store(to + (i * kTaps + j) * p.channels, v); });
    }
}

}  // namespace

Prepared backward_weight(const ConvProblem& p, int threads) {
  const int64_t tiles = Tiles(p).count(), blocks = parts_of_at_most(tiles, kTilesOfWeightBlock);
  const Layout x_layout = in_panels(parts_of_at_most(tiles, blocks), p.channels),
               dy_layout = in_panels(parts_of_at_most(tiles, blocks), p.out_channels);
  const Pieces pieces(p, threads);
  Prepared prepared;
  prepared.workspace =
      size_t(x_layout.floats() + dy_layout.floats() + (blocks > 1 ? pieces.count() * pieces.most_floats() : 0))
      * sizeof(float);
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
        float* of_piece = blocks > 1 ? sums + index * pieces.most_floats() : on_stack;
        multiply_tiles(pieces[index], block.size(), inputs, gradients, b > 0, of_piece);
        if (b == blocks - 1) transform_weight_gradient(p, pieces[index], of_piece, args.out[0].data<float>());
      }
    }
  };
  return prepared;
}

}  // namespace tuna::conv_cpu::winograd
