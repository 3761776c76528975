// How an image is cut into tiles, and where transformed tiles lie in memory.
#pragma once

#include "kernels/conv/conv_problem.h"
#include "kernels/conv/cpu/parts.h"
#include "kernels/conv/cpu/winograd/transforms.h"

namespace tuna::conv_cpu::winograd {

/// Tiles are transformed and multiplied in blocks, and threads share each block.  The sizes are of the same speed from
/// 24 to 256 where they were measured: larger ones read the weight less often, smaller ones need less memory.
constexpr int64_t kTilesOfBlock = 128;
/// Gradients of weights are summed over blocks in memory, so fewer blocks are better.
constexpr int64_t kTilesOfWeightBlock = 256;

/// The first row and column of a tile, in pixels of an image.
struct Corner {
  int64_t sample, row, column;
};

/// The output in tiles of kOut x kOut pixels, row by row, sample by sample.  Those at the lower and right edge reach
/// over it if its size is not a multiple of kOut.  Tiles of the input, of kIn x kIn pixels, overlap by kTaps - 1.
class Tiles {
 public:
  explicit Tiles(const ConvProblem& problem)
      : rows_(parts_of_at_most(problem.out_height, kOut)),
        columns_(parts_of_at_most(problem.out_width, kOut)),
        samples_(problem.samples),
        padding_(problem.padding) {}

  int64_t count() const { return samples_ * rows_ * columns_; }

  Corner in_output(int64_t tile) const {
    return {tile / (rows_ * columns_), tile / columns_ % rows_ * kOut, tile % columns_ * kOut};
  }
  Corner in_input(int64_t tile) const {  // negative inside the padding
    const Corner corner = in_output(tile);
    return {corner.sample, corner.row - padding_, corner.column - padding_};
  }

  bool has_tile_above(int64_t tile) const { return tile / columns_ % rows_ > 0; }
  bool has_tile_to_the_left(int64_t tile) const { return tile % columns_ > 0; }

 private:
  int64_t rows_, columns_, samples_;
  int padding_;
};

/// The addresses of a tile's pixels in an image [N, H, W, C]; null for those outside.
template <int Size, class T>
class Pixels {
 public:
  Pixels(T* image, const Shape& shape, Corner corner) {
    for (int64_t i = 0; i < Size; ++i)
      for (int64_t j = 0; j < Size; ++j) {
        const int64_t row = corner.row + i, column = corner.column + j;
        const bool inside = row >= 0 && row < shape.h && column >= 0 && column < shape.w;
        addresses_[i][j] = inside ? image + ((corner.sample * shape.h + row) * shape.w + column) * shape.c : nullptr;
      }
  }

  [[gnu::always_inline]] Vector load(int i, int j, int64_t channel) const {
    return addresses_[i][j] ? conv_cpu::load(addresses_[i][j] + channel) : Vector{};
  }
  [[gnu::always_inline]] void store(int i, int j, int64_t channel, const Vector& vector) const {
    if (addresses_[i][j]) conv_cpu::store(addresses_[i][j] + channel, vector);
  }
  [[gnu::always_inline]] void add(int i, int j, int64_t channel, const Vector& vector) const {
    store(i, j, channel, load(i, j, channel) + vector);
  }

 private:
  T* addresses_[Size][Size];
};

/// Where transformed tiles lie: one matrix per component, with a row per tile and a column per channel.  The members
/// are distances in floats.
struct Layout {
  int64_t component, tile, panel;

  int64_t floats() const { return kComponents * component; }
  int64_t at(int64_t tile_index, int64_t channel) const {
    return tile_index * tile + channel / kPanel * panel + channel % kPanel;
  }
};

/// All channels of a tile next to each other.
inline Layout in_rows(int64_t tiles, int64_t channels) {
  return {tiles * (channels + kSkew) + kSkew, channels + kSkew, kPanel};
}

/// kPanel channels of all tiles next to each other.
inline Layout in_panels(int64_t tiles, int64_t channels) { return {tiles * channels + kSkew, kPanel, tiles * kPanel}; }

struct TransformedTiles {
  float* data;
  Layout layout;

  float* panel(int64_t component, int64_t channel) const {
    return data + component * layout.component + layout.at(0, channel);
  }
};

/// B^T d B of the tiles of x [N, H, W, C] in `block`.
void transform_input(const ConvProblem& problem, const float* x, Range block, TransformedTiles to);

/// A dY A^T of the tiles of dy [N, OH, OW, O] in `block`.
void transform_output_gradient(const ConvProblem& problem, const float* dy, Range block, TransformedTiles to);

}  // namespace tuna::conv_cpu::winograd
