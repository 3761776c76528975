#include "kernels/loss/bce_with_logits.h"
#include "kernels/loss/l1.h"
#include "kernels/loss/mse.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable l1_rows("l1", [](OpTable& table) {
  table.row("two tensors", [](Draw& draw) { return l1(draw.normal({2, 5, 7, 3}), draw.normal({2, 5, 7, 3})); });
  table.row("one element", [](Draw& draw) { return l1(draw.normal({1, 1, 1, 1}), draw.normal({1, 1, 1, 1})); });
  table.row("longer than a chunk", [](Draw& draw) {
    return l1(draw.normal({1, 61, 31, 9}), draw.normal({1, 61, 31, 9}));
  });
  table.row("in whole vectors", [](Draw& draw) { return l1(draw.normal({2, 3, 5, 8}), draw.normal({2, 3, 5, 8})); });
  table
      .row("longer than a chunk, in whole vectors",
           [](Draw& draw) {
             return l1(draw.normal({1, 67, 71, 8}), draw.normal({1, 67, 71, 8}));
           })
      .few_differences();
  table.row("parts of a batch, which begin anywhere", [](Draw& draw) {
    return in_parts({draw.normal({3, 1, 1, 5}), draw.normal({3, 1, 1, 5})},
                    [](const Tensors& in) { return l1(in[0], in[1]); });
  });
  table.row("to a constant", [](Draw& draw) {
    return in_parts({draw.normal({3, 1, 5, 5})},
                    [](const Tensors& in) { return record(ElementwiseMean<AbsoluteDifference>(0.3), in)[0]; });
  });
  table.row("a mean far from zero", [](Draw& draw) {
    return l1(draw.normal({1, 61, 31, 19}, 1000, 1), draw.normal({1, 61, 31, 19}));
  });
  table
      .row("NaN",
           [](Draw& draw) {
             return l1(draw.with(draw.normal({1, 3, 2, 5}), {{7, kNaN}}), draw.normal({1, 3, 2, 5}));
           })
      .no_differences();
  table.bench("cycle at 512 px", [](Draw& draw) {
    return l1(draw.normal({1, 512, 512, 1}), draw.normal({1, 512, 512, 1}));
  });
  table.bench("features at 512 px", [](Draw& draw) {
    return l1(draw.normal({1, 512, 512, 64}), draw.normal({1, 512, 512, 64}));
  });
  table.refuses(
      "two shapes",
      [](Draw& draw) {
        return l1(draw.normal({1, 2, 3, 4}), draw.normal({1, 2, 4, 3}));
      },
      "differ");
});

static const OpTable mse_rows("mse", [](OpTable& table) {
  table.row("two tensors", [](Draw& draw) { return mse(draw.normal({2, 5, 7, 3}), draw.normal({2, 5, 7, 3})); });
  table.row("longer than a chunk", [](Draw& draw) {
    return mse(draw.normal({1, 61, 31, 9}), draw.normal({1, 61, 31, 9}));
  });
  table.row("in whole vectors", [](Draw& draw) { return mse(draw.normal({2, 3, 5, 8}), draw.normal({2, 3, 5, 8})); });
  table.row("parts of a batch, which begin anywhere", [](Draw& draw) {
    return in_parts({draw.normal({3, 1, 1, 5}), draw.normal({3, 1, 1, 5})},
                    [](const Tensors& in) { return mse(in[0], in[1]); });
  });
  table.row("its second input alone", [](Draw& draw) {
    return mse(draw.constant_normal({1, 3, 2, 5}), draw.normal({1, 3, 2, 5}));
  });
  table
      .row("NaN",
           [](Draw& draw) {
             return mse(draw.with(draw.normal({1, 3, 2, 5}), {{7, kNaN}}), draw.normal({1, 3, 2, 5}));
           })
      .no_differences();
  table.bench("conv3 features of 448 px", [](Draw& draw) {
    return mse(draw.normal({1, 56, 56, 128}), draw.normal({1, 56, 56, 128}));
  });
  table.refuses(
      "two shapes",
      [](Draw& draw) {
        return mse(draw.normal({1, 2, 3, 4}), draw.normal({1, 2, 4, 3}));
      },
      "differ");
});

static const OpTable mse_to_rows("mse_to", [](OpTable& table) {
  table.row("one", [](Draw& draw) { return mse_to(draw.normal({2, 5, 7, 1}), 1); });
  table.row("longer than a chunk", [](Draw& draw) { return mse_to(draw.normal({1, 61, 31, 9}), -0.3); });
  table.row("longer than a chunk, in whole vectors",
            [](Draw& draw) {
              return mse_to(draw.normal({1, 67, 71, 8}), 1);
            })
      .few_differences();
  table.row("parts of a batch, which begin anywhere", [](Draw& draw) {
    return in_parts({draw.normal({3, 1, 1, 5})}, [](const Tensors& in) { return mse_to(in[0], 1); });
  });
  table.bench("critic at 512 px", [](Draw& draw) { return mse_to(draw.normal({1, 62, 62, 1}), 1); });
});

static const OpTable bce_rows("bce_with_logits", [](OpTable& table) {
  table.row("to one", [](Draw& draw) { return bce_with_logits_to(draw.normal({2, 5, 7, 1}, 0, 3), 1); });
  table.row("to zero", [](Draw& draw) { return bce_with_logits_to(draw.normal({2, 5, 7, 1}, 0, 3), 0); });
  table.row("sure and right", [](Draw& draw) { return bce_with_logits_to(draw.normal({1, 3, 2, 1}, 30), 1); });
  table.row("sure and wrong, where exp overflows f32", [](Draw& draw) {
    return bce_with_logits_to(draw.normal({1, 3, 2, 1}, 300), 0);
  });
  table.row("longer than a chunk", [](Draw& draw) { return bce_with_logits_to(draw.normal({1, 61, 31, 9}), 0); });
  table.row("in whole vectors", [](Draw& draw) { return bce_with_logits_to(draw.normal({2, 3, 5, 8}), 1); });
  table
      .row("longer than a chunk, in whole vectors",
           [](Draw& draw) {
             return bce_with_logits_to(draw.normal({1, 67, 71, 8}), 0);
           })
      .few_differences();
  table.row("parts of a batch, which begin anywhere", [](Draw& draw) {
    return in_parts({draw.normal({3, 1, 1, 5})}, [](const Tensors& in) { return bce_with_logits_to(in[0], 1); });
  });
  table.row("to a tensor", [](Draw& draw) {
    return in_parts({draw.normal({3, 1, 5, 5}), draw.constant_uniform({3, 1, 5, 5}, 0, 1)},
                    [](const Tensors& in) { return record(ElementwiseMean<BinaryCrossEntropy>(), in)[0]; });
  });
  table.row("NaN",
            [](Draw& draw) {
              return bce_with_logits_to(draw.with(draw.normal({1, 3, 2, 5}), {{7, kNaN}}), 1);
            })
      .no_differences();
  table.bench("critic at 512 px", [](Draw& draw) { return bce_with_logits_to(draw.normal({1, 62, 62, 1}), 1); });
  table.refuses(
      "a target between",
      [](Draw& draw) {
        return bce_with_logits_to(draw.normal({1, 2, 2, 1}), 0.5);
      },
      "0 or 1");
});

}  // namespace tuna
