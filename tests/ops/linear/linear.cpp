#include "kernels/linear/linear.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("linear", [](OpTable& table) {
  constexpr double kRoundedBeforeTheBias = 1;  // libraries do so
  table
      .row("odd sizes",
           [](Draw& draw) {
             return linear(draw.normal({5, 1, 1, 19}), draw.parameter({3, 1, 1, 19}), draw.parameter({1, 1, 1, 3}));
           })
      .tolerate_short(kRoundedBeforeTheBias);
  table
      .row("one sample, one output",
           [](Draw& draw) {
             return linear(draw.normal({1, 1, 1, 64}), draw.parameter({1, 1, 1, 64}), draw.parameter({1, 1, 1, 1}));
           })
      .tolerate_short(kRoundedBeforeTheBias);
  table.bench("last layer of ResNet-18", [](Draw& draw) {
    return linear(draw.normal({1, 1, 1, 512}), draw.parameter({2, 1, 1, 512}), draw.parameter({1, 1, 1, 2}));
  });
  table.refuses(
      "an image",
      [](Draw& draw) {
        return linear(draw.normal({1, 2, 1, 4}), draw.parameter({2, 1, 1, 4}), draw.parameter({1, 1, 1, 2}));
      },
      "linear: x must be [N, 1, 1, C]");
});

}  // namespace tuna
