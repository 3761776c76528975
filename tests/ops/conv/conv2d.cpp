#include "kernels/conv/conv2d.h"

#include "tests/op_table/op_table.h"

namespace tuna {

// Libraries round y before the bias is added to it.
constexpr double kRoundedBeforeTheBias = 1;

static const OpTable rows("conv2d", [](OpTable& table) {
  table.row("3x3, no padding", [](Draw& draw) {
    return conv2d(draw.normal({2, 6, 9, 5}), draw.parameter({7, 3, 3, 5}), {});
  });
  table.row("3x3, stride 2, padding 1, even size", [](Draw& draw) {
    return conv2d(draw.normal({1, 8, 6, 3}), draw.parameter({9, 3, 3, 3}), {2, 1});
  });
  table.row("3x3, stride 2, padding 1, odd size", [](Draw& draw) {
    return conv2d(draw.normal({2, 7, 5, 3}), draw.parameter({4, 3, 3, 3}), {2, 1});
  });
  table
      .row("4x4, stride 2, padding 1, with bias",
           [](Draw& draw) {
             return conv2d(draw.normal({2, 10, 6, 3}), draw.parameter({5, 4, 4, 3}), draw.parameter({1, 1, 1, 5}),
                           {2, 1});
           })
      .tolerate_short(kRoundedBeforeTheBias);
  table.row("7x7, one input channel", [](Draw& draw) {
    return conv2d(draw.normal({2, 9, 11, 1}), draw.parameter({6, 7, 7, 1}), {});
  });
  table
      .row("7x7, one output channel, with bias",
           [](Draw& draw) {
             return conv2d(draw.normal({2, 9, 8, 6}), draw.parameter({1, 7, 7, 6}), draw.parameter({1, 1, 1, 1}), {});
           })
      .tolerate_short(kRoundedBeforeTheBias);
  table.row("7x7, stride 2, padding 3, three channels", [](Draw& draw) {
    return conv2d(draw.normal({1, 11, 8, 3}), draw.parameter({5, 7, 7, 3}), {2, 3});
  });
  table.row("7x7, one input channel, whole panels of outputs", [](Draw& draw) {
    return conv2d(draw.normal({1, 8, 9, 1}), draw.parameter({16, 7, 7, 1}), {});
  });
  table
      .row("7x7, two output channels, whole panels of inputs, padding 1, with bias",
           [](Draw& draw) {
             return conv2d(draw.normal({2, 6, 8, 16}), draw.parameter({2, 7, 7, 16}), draw.parameter({1, 1, 1, 2}),
                           {1, 1});
           })
      .tolerate_short(kRoundedBeforeTheBias);
  table.row("4x4, stride 2, padding 1, three channels, whole panels of outputs", [](Draw& draw) {
    return conv2d(draw.normal({1, 7, 8, 3}), draw.parameter({32, 4, 4, 3}), {2, 1});
  });
  table.row("1x1, stride 2", [](Draw& draw) {
    return conv2d(draw.normal({2, 5, 7, 9}), draw.parameter({3, 1, 1, 9}), {2, 0});
  });
  table.row("rectangular kernel, padding beyond half of it", [](Draw& draw) {
    return conv2d(draw.normal({1, 4, 5, 2}), draw.parameter({3, 2, 3, 2}), {1, 2});
  });
  table.row("channels past a vector", [](Draw& draw) {
    return conv2d(draw.normal({1, 6, 10, 36}), draw.parameter({35, 3, 3, 36}), {1, 1});
  });
  table
      .row("whole panels of channels, tiles over the edge",
           [](Draw& draw) {
             return conv2d(draw.normal({1, 18, 19, 32}), draw.parameter({48, 3, 3, 32}), {});
           })
      .few_differences();
  table
      .row("whole panels of channels, padding 1, with bias",
           [](Draw& draw) {
             return conv2d(draw.normal({2, 13, 15, 48}), draw.parameter({32, 3, 3, 48}), draw.parameter({1, 1, 1, 32}),
                           {1, 1});
           })
      .few_differences()
      .tolerate_short(kRoundedBeforeTheBias);
  table
      .row("whole panels of channels, stride 2, odd size",
           [](Draw& draw) {
             return conv2d(draw.normal({2, 9, 11, 32}), draw.parameter({48, 3, 3, 32}), {2, 1});
           })
      .few_differences();
  table
      .row("many channels, few pixels, stride 2, padding 1, with bias",
           [](Draw& draw) {
             return conv2d(draw.normal({2, 5, 3, 64}), draw.parameter({80, 3, 3, 64}), draw.parameter({1, 1, 1, 80}),
                           {2, 1});
           })
      .few_differences()
      .tolerate_short(kRoundedBeforeTheBias);
  table.bench("residual block at 64 px", [](Draw& draw) {
    return conv2d(draw.normal({1, 18, 18, 256}), draw.parameter({256, 3, 3, 256}), {});
  });
  table.bench("residual block at 128 px", [](Draw& draw) {
    return conv2d(draw.normal({1, 34, 34, 256}), draw.parameter({256, 3, 3, 256}), {});
  });
  table.bench("stem at 128 px", [](Draw& draw) {
    return conv2d(draw.normal({1, 134, 134, 1}), draw.parameter({64, 7, 7, 1}), {});
  });
  table.bench("head at 128 px", [](Draw& draw) {
    return conv2d(draw.normal({1, 134, 134, 64}), draw.parameter({1, 7, 7, 64}), {});
  });
  table.bench("down at 128 px", [](Draw& draw) {
    return conv2d(draw.normal({1, 128, 128, 64}), draw.parameter({128, 3, 3, 64}), {2, 1});
  });
  table.bench("widest of the discriminator at 128 px", [](Draw& draw) {
    return conv2d(draw.normal({1, 16, 16, 256}), draw.parameter({512, 4, 4, 256}), {1, 1});
  });
  table.bench("residual block at 512 px", [](Draw& draw) {
    return conv2d(draw.normal({1, 130, 130, 256}), draw.parameter({256, 3, 3, 256}), {});
  });
  table.bench("stem at 512 px", [](Draw& draw) {
    return conv2d(draw.normal({1, 518, 518, 1}), draw.parameter({64, 7, 7, 1}), {});
  });
  table.bench("head at 512 px", [](Draw& draw) {
    return conv2d(draw.normal({1, 518, 518, 64}), draw.parameter({1, 7, 7, 64}), {});
  });
  table.bench("down at 512 px", [](Draw& draw) {
    return conv2d(draw.normal({1, 512, 512, 64}), draw.parameter({128, 3, 3, 64}), {2, 1});
  });
  table.bench("first of the discriminator at 512 px", [](Draw& draw) {
    return conv2d(draw.normal({1, 512, 512, 1}), draw.parameter({64, 4, 4, 1}), draw.parameter({1, 1, 1, 64}), {2, 1});
  });
  table.bench("widest of the discriminator at 512 px", [](Draw& draw) {
    return conv2d(draw.normal({1, 64, 64, 256}), draw.parameter({512, 4, 4, 256}), {1, 1});
  });
  table.bench("last of the discriminator at 512 px", [](Draw& draw) {
    return conv2d(draw.normal({1, 63, 63, 512}), draw.parameter({1, 4, 4, 512}), draw.parameter({1, 1, 1, 1}), {1, 1});
  });
  table.refuses(
      "a channel too many",
      [](Draw& draw) {
        return conv2d(draw.normal({1, 5, 5, 4}), draw.parameter({2, 3, 3, 3}), {});
      },
      "has 4 channels, the weight 2x3x3x3 takes 3");
  table.refuses(
      "a kernel larger than the image",
      [](Draw& draw) {
        return conv2d(draw.normal({1, 5, 2, 3}), draw.parameter({2, 3, 3, 3}), {});
      },
      "larger than");
});

static const OpTable transposed("conv_transpose2d", [](OpTable& table) {
  table.row("3x3, stride 2, padding 1, output padding 1", [](Draw& draw) {
    return conv_transpose2d(draw.normal({2, 5, 3, 6}), draw.parameter({6, 3, 3, 4}), {2, 1}, 1);
  });
  table.row("4x4, stride 2, padding 1", [](Draw& draw) {
    return conv_transpose2d(draw.normal({1, 3, 5, 9}), draw.parameter({9, 4, 4, 2}), {2, 1});
  });
  table.row("3x3, stride 1", [](Draw& draw) {
    return conv_transpose2d(draw.normal({2, 4, 3, 3}), draw.parameter({3, 3, 3, 5}), {});
  });
  table
      .row("whole panels of channels, 4x4, stride 2",
           [](Draw& draw) {
             return conv_transpose2d(draw.normal({1, 5, 6, 32}), draw.parameter({32, 4, 4, 32}), {2, 1});
           })
      .few_differences();
  table.bench("up at 128 px", [](Draw& draw) {
    return conv_transpose2d(draw.normal({1, 32, 32, 256}), draw.parameter({256, 3, 3, 128}), {2, 1}, 1);
  });
  table.bench("last up at 512 px", [](Draw& draw) {
    return conv_transpose2d(draw.normal({1, 256, 256, 128}), draw.parameter({128, 3, 3, 64}), {2, 1}, 1);
  });
  table.refuses(
      "output padding of a stride",
      [](Draw& draw) {
        return conv_transpose2d(draw.normal({1, 3, 3, 2}), draw.parameter({2, 3, 3, 2}), {2, 1}, 2);
      },
      "output padding 2 must be below the stride 2");
});

static const OpTable biases("add_bias", [](OpTable& table) {
  table.row("odd channels", [](Draw& draw) {
    return add_bias(draw.normal({2, 5, 3, 7}), draw.parameter({1, 1, 1, 7}));
  });
  table.row("past a chunk", [](Draw& draw) {
    return add_bias(draw.normal({1, 67, 51, 6}), draw.parameter({1, 1, 1, 6}));
  });
  table.row("whole vectors of channels", [](Draw& draw) {
    return add_bias(draw.normal({2, 3, 5, 8}), draw.parameter({1, 1, 1, 8}));
  });
  table
      .row("whole vectors of channels, past a block, and several chunks",
           [](Draw& draw) {
             return add_bias(draw.normal({1, 11, 13, 264}), draw.parameter({1, 1, 1, 264}));
           })
      .few_differences();
});

}  // namespace tuna
