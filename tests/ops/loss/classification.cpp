#include "kernels/loss/argmax.h"
#include "kernels/loss/cross_entropy.h"
#include "kernels/loss/softmax.h"
#include "kernels/pointwise/add.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable cross_entropy_rows("cross_entropy", [](OpTable& table) {
  table.without_reduced_precision();
  table.row("two classes", [](Draw& draw) { return cross_entropy(draw.normal({5, 1, 1, 2}), draw.labels(5, 2)); });
  table.row("one sample, 1000 classes", [](Draw& draw) {
    return cross_entropy(draw.normal({1, 1, 1, 1000}), draw.labels(1, 1000));
  });
  table.row("class weights", [](Draw& draw) {
    return cross_entropy(draw.normal({7, 1, 1, 3}), draw.labels(7, 3), {0.5, 2, 3});
  });
  table.row("class weights, more than a kernel's parameters hold", [](Draw& draw) {
    std::vector<double> weights(1100);
    for (size_t k = 0; k < weights.size(); ++k) weights[k] = 0.5 + double(k) / 1000;
    return cross_entropy(draw.normal({3, 1, 1, 1100}), draw.integers({3, 1, 1, 1}, {1099, 0, 500}), weights);
  });
  table.row("more samples than a block has warps", [](Draw& draw) {
    return cross_entropy(draw.normal({43, 1, 1, 3}), draw.labels(43, 3), {0.5, 2, 3});
  });
  table.row("a class of no weight", [](Draw& draw) {
    return cross_entropy(draw.normal({3, 1, 1, 2}), draw.integers({3, 1, 1, 1}, {0, 1, 0}), {0, 3});
  });
  table.row("some labels ignored", [](Draw& draw) {
    return cross_entropy(draw.normal({4, 1, 1, 3}), draw.integers({4, 1, 1, 1}, {2, -1, 0, -7}), {1, 2, 4});
  });
  table.row("all labels ignored", [](Draw& draw) {
    return cross_entropy(draw.normal({2, 1, 1, 3}), draw.integers({2, 1, 1, 1}, {-1, -1}));
  });
  table.row("sure and right", [](Draw& draw) {
    const Tensor logits = draw.normal({2, 1, 1, 2}) + draw.constant({2, 1, 1, 2}, {30, 0, 0, 30});
    return cross_entropy(logits, draw.integers({2, 1, 1, 1}, {0, 1}));
  });
  table.row("sure and wrong", [](Draw& draw) {
    const Tensor logits = draw.normal({2, 1, 1, 2}) + draw.constant({2, 1, 1, 2}, {300, 0, 0, 300});
    return cross_entropy(logits, draw.integers({2, 1, 1, 1}, {1, 0}));
  });
  table
      .row("NaN in a logit, another in one that is ignored",
           [](Draw& draw) {
             const Tensor logits = draw.with(draw.normal({4, 1, 1, 3}), {{1, kNaN}, {5, kNaN}});
             return cross_entropy(logits, draw.integers({4, 1, 1, 1}, {2, -1, 0, 1}));
           })
      .no_differences();
  table
      .row("NaN in a logit that is ignored",
           [](Draw& draw) {
             const Tensor logits = draw.with(draw.normal({4, 1, 1, 3}), {{5, kNaN}});
             return cross_entropy(logits, draw.integers({4, 1, 1, 1}, {2, -1, 0, 1}));
           })
      .no_differences();
  table.bench("a batch of 32", [](Draw& draw) {
    return cross_entropy(draw.normal({32, 1, 1, 2}), draw.labels(32, 2));
  });
  table.refuses(
      "images for logits",
      [](Draw& draw) {
        return cross_entropy(draw.normal({2, 3, 3, 2}), draw.labels(2, 2));
      },
      "[N, 1, 1, K]");
  table.refuses(
      "labels of another batch",
      [](Draw& draw) {
        return cross_entropy(draw.normal({3, 1, 1, 2}), draw.labels(2, 2));
      },
      "labels must be i32 3x1x1x1");
  table.refuses(
      "too few class weights",
      [](Draw& draw) {
        return cross_entropy(draw.normal({2, 1, 1, 3}), draw.labels(2, 3), {1, 2});
      },
      "2 class weights for 3 classes");
});

static const OpTable argmax_rows("argmax", [](OpTable& table) {
  table.row("five classes", [](Draw& draw) { return argmax(draw.constant_normal({9, 1, 1, 5})); });
  table.row("the first of equals", [](Draw& draw) {
    return argmax(draw.constant({2, 1, 1, 4}, {1, 3, 3, 2, 0, 0, 0, 0}));
  });
  table.row("the first of equals, further apart than a warp", [](Draw& draw) {
    std::vector<double> logits(2 * 77, 1);
    for (const size_t k : {70, 38, 41, 77 + 65, 77 + 33}) logits[k] = 2;
    return argmax(draw.constant({2, 1, 1, 77}, logits));
  });
  table.row("below some confidence", [](Draw& draw) { return argmax(draw.constant_normal({32, 1, 1, 2}), 0.7); });
  table.row("NaN in a logit", [](Draw& draw) {
    return argmax(draw.with(draw.constant_normal({4, 1, 1, 5}), {{0, kNaN}, {7, kNaN}, {14, kNaN}}));
  });
  table.row("NaN in a logit, some confidence", [](Draw& draw) {
    return argmax(draw.with(draw.constant_normal({4, 1, 1, 5}), {{0, kNaN}, {7, kNaN}, {14, kNaN}}), 0.1);
  });
  table.row("NaN in every logit", [](Draw& draw) { return argmax(draw.constant({1, 1, 1, 3}, {kNaN, kNaN, kNaN})); });
  table.bench("a batch of 32", [](Draw& draw) { return argmax(draw.constant_normal({32, 1, 1, 2})); });
  table.refuses(
      "images",
      [](Draw& draw) {
        return argmax(draw.constant_normal({2, 3, 3, 2}));
      },
      "[N, 1, 1, K]");
});

static const OpTable softmax_rows("softmax", [](OpTable& table) {
  table.row("five classes", [](Draw& draw) { return softmax(draw.normal({3, 1, 1, 5})); });
  table.row("every pixel", [](Draw& draw) { return softmax(draw.normal({2, 3, 5, 9})); });
  table.row("more classes than a warp has lanes", [](Draw& draw) { return softmax(draw.normal({1, 3, 1, 77})); });
  table.row("where exp overflows f32", [](Draw& draw) { return softmax(draw.normal({2, 1, 1, 3}, 300)); });
  table.row("one class", [](Draw& draw) { return softmax(draw.normal({4, 1, 1, 1})); });
  table
      .row("NaN and infinity, each in its pixel",
           [](Draw& draw) {
             return softmax(draw.with(draw.normal({1, 2, 2, 35}), {{0, kNaN}, {69, kNaN}, {71, -kInfinity}}));
           })
      .no_differences();
  table.bench("a batch of 32", [](Draw& draw) { return softmax(draw.normal({32, 1, 1, 2})); });
});

}  // namespace tuna
