// dweight: for each tap a product [output channels, pixels] x [pixels, channels] over all pixels of dy and those of x
// that the tap reads.
//
// The weight is computed in pieces of some output channels x kPanel channels, of all taps, each by one thread.  For a
// block of pixels it copies these channels of dy and x to its second cache, in the layout of pixels.h: there the pixels
// of any tap are contiguous, and zeros at the end of each row of dy let one product pass over all rows of a sample.
#include "kernels/conv/cpu/many_channels/directions.h"
#include "kernels/conv/cpu/many_channels/pixels.h"
#include "kernels/conv/cpu/microkernel.h"

namespace tuna::conv_cpu::many {
namespace {

constexpr int64_t kMostOutChannels = 64;  // of a piece

// Elements of a that are next to each other are a line of the first cache, which holds 256 of them and as many lines of
// b.
constexpr int64_t kMostRows = std::min<int64_t>(kRows, kPanel);

struct Piece {
  int64_t out_channel, out_channels;
  int64_t channel;  // the first of the panel
};

class Pieces {
 public:
  explicit Pieces(const ConvProblem& p)
      : out_panels_(p.out_channels / kPanel),
        panels_(p.channels / kPanel),
        strips_(parts_of_at_most(p.out_channels, kMostOutChannels)) {}

  int64_t count() const { return strips_ * panels_; }
  int64_t most_out_channels() const { return parts_of_at_most(out_panels_, strips_) * kPanel; }
  Piece operator[](int64_t index) const {
    const Range strip = part_of(out_panels_, index / panels_, strips_);
    return {strip.begin * kPanel, strip.size() * kPanel, index % panels_ * kPanel};
  }
  bool is_first_of_strip(int64_t index) const { return index % panels_ == 0; }

 private:
  int64_t out_panels_, panels_, strips_;
};

// What is the same for all threads.
struct Task {
  ConvProblem p;
  Blocks blocks;
  Pieces pieces;
  Layout x_layout, dy_layout;
  const float *x, *dy;
  float* dweight;

  int64_t taps() const { return p.kernel_height * p.kernel_width; }
};

// Computes some pieces, block after block, so that x and dy are read from memory once.
class Worker {
 public:
  Worker(const Task& task, Range pieces, float* workspace)
      : task_(task), pieces_(pieces), x_(workspace), dy_(workspace + task.x_layout.floats()) {}

  void compute() {
    for (int64_t b = 0; b < task_.blocks.count(); ++b)
      for (int64_t index = pieces_.begin; index < pieces_.end; ++index) {
        copy(b, index);
        if (index + 1 < pieces_.end)
          prefetch(b, index + 1);
        else if (b + 1 < task_.blocks.count())
          prefetch(b + 1, pieces_.begin);
        multiply_pixels(task_.blocks[b], task_.pieces[index], b > 0);
      }
  }

 private:
  // Pieces of one strip, one after the other, share the copy of dy.
  bool needs_dy(int64_t index) const { return index == pieces_.begin || task_.pieces.is_first_of_strip(index); }

  void copy(int64_t b, int64_t index) {
    const auto [samples, rows] = task_.blocks[b];
    const Piece piece = task_.pieces[index];
    const int64_t below = (task_.p.kernel_height - 1) / task_.p.stride;  // rows of x that taps reach below those of dy
    copy_pixels(task_.x + piece.channel, task_.p.x(), samples, rows.begin, rows.size() + below, task_.x_layout, x_);
    if (needs_dy(index))
      copy_pixels(task_.dy + piece.out_channel, task_.p.y(), samples, rows.begin, rows.size(), task_.dy_layout, dy_);
  }

  // What the next copy reads.
  void prefetch(int64_t b, int64_t index) {
    const ConvProblem& p = task_.p;
    const auto [samples, rows] = task_.blocks[b];
    const Piece piece = task_.pieces[index];
    const int64_t first = std::max<int64_t>(0, rows.begin * p.stride - p.padding);
    const int64_t end = std::min(p.height, (rows.end - 1) * p.stride - p.padding + p.kernel_height);
    prefetches_.clear();
    prefetches_.add(task_.x + (samples.begin * p.height + first) * p.width * p.channels + piece.channel, p.channels,
                    ((samples.size() - 1) * p.height + end - first) * p.width);
    if (needs_dy(index))
      prefetches_.add(
          task_.dy + (samples.begin * p.out_height + rows.begin) * p.out_width * p.out_channels + piece.out_channel,
          p.out_channels, ((samples.size() - 1) * p.out_height + rows.size()) * p.out_width);
  }

  // Stores the sums over the pixels of the first block, adds those of the others.
  void multiply_pixels(const Block& block, const Piece& piece, bool add) {
    const ConvProblem& p = task_.p;
    const Layout &x_layout = task_.x_layout, &dy_layout = task_.dy_layout;
    // The zeros after the last row are left out, so that no tap reads past its phase.
    const int64_t depth = (block.rows.size() - 1) * dy_layout.columns + p.out_width;
    const int64_t weight_row = task_.taps() * p.channels, groups = parts_of_at_most(piece.out_channels, kMostRows);
    float* dweight = task_.dweight + piece.out_channel * weight_row + piece.channel;
    for (int64_t tap = 0; tap < task_.taps(); ++tap)
      for (int64_t group = 0; group < groups; ++group) {
        const Range rows = part_of(piece.out_channels, group, groups);
        float* sums = dweight + rows.begin * weight_row + tap * p.channels;
        if (add)  // the sums of earlier blocks, which the caches may have evicted
          for (int64_t row = 0; row < rows.size(); ++row) __builtin_prefetch(sums + row * weight_row, 1);
        for (int64_t n = 0; n < block.samples.size(); ++n) {
          const Prefetches::Pixels next = prefetches_.take(depth);
          multiply(rows.size(), {.a = dy_ + n * dy_layout.sample_floats() + rows.begin,
                                 .a_row = 1,
                                 .a_column = dy_layout.channels,
                                 .b = x_ + n * x_layout.sample_floats()
                                      + x_layout.at_tap(tap / p.kernel_width, tap % p.kernel_width),
                                 .b_row = kPanel,
                                 .depth = depth,
                                 .c = sums,
                                 .c_row = weight_row,
                                 .add = add || n > 0,
                                 .next = next.first,
                                 .next_step = next.step});
        }
      }
  }

  const Task& task_;
  Range pieces_;
  float *x_, *dy_;
  Prefetches prefetches_;
};

Layout x_layout(const ConvProblem& p, const Blocks& blocks, int64_t columns) {
  return {.step = p.stride,
          .padding = p.padding,
          .row_phases = std::min<int64_t>(p.stride, p.kernel_height),
          .column_phases = std::min<int64_t>(p.stride, p.kernel_width),
          .samples = blocks.most_samples(),
          .rows = blocks.most_rows() + (p.kernel_height - 1) / p.stride,
          .columns = columns,
          .channels = kPanel};
}

Layout dy_layout(const Blocks& blocks, int64_t columns, int64_t channels) {
  return {.step = 1,
          .padding = 0,
          .row_phases = 1,
          .column_phases = 1,
          .samples = blocks.most_samples(),
          .rows = blocks.most_rows(),
          .columns = columns,
          .channels = channels};
}

}  // namespace

Prepared backward_weight(const ConvProblem& p, int threads) {
  const int64_t columns = p.out_width + (p.kernel_width - 1) / p.stride;  // of x, so that rows of dy end with zeros
  const Blocks blocks(p, columns);
  const Pieces pieces(p);
  const Task task{.p = p,
                  .blocks = blocks,
                  .pieces = pieces,
                  .x_layout = x_layout(p, blocks, columns),
                  .dy_layout = dy_layout(blocks, columns, pieces.most_out_channels())};
  const int64_t workers = std::min<int64_t>(threads, pieces.count());
  const int64_t floats = task.x_layout.floats() + task.dy_layout.floats();
  Prepared prepared;
  prepared.workspace = size_t(workers * floats) * sizeof(float);
  prepared.run = [=](const Args& args, Stream&) {
    Task now = task;
    now.x = args.in[0].data<float>();
    now.dy = args.in[1].data<float>();
    now.dweight = args.out[0].data<float>();
    float* workspace = static_cast<float*>(args.workspace);
#pragma omp parallel for schedule(static)
    for (int64_t w = 0; w < workers; ++w)
      Worker(now, part_of(pieces.count(), w, workers), workspace + w * floats).compute();
  };
  return prepared;
}

}  // namespace tuna::conv_cpu::many
