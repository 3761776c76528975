#include "engine/program/op.h"
#include "kernels/conv/conv2d.h"
#include "kernels/norm/instance_norm_fused.h"
#include "kernels/pointwise/channel_affine.h"
#include "kernels/pointwise/fill.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/scale.h"
#include "kernels/pointwise/tanh.h"
#include "tests/catch.h"

namespace tuna {
namespace {

struct Inherits : Op {
  int attribute = 0;
};

}  // namespace

TEST_CASE("ops are equal if type and attributes are", "[engine]") {
  CHECK(AnyOp(Relu()) == AnyOp(Relu()));
  CHECK(AnyOp(Relu()) != AnyOp(Tanh()));
  CHECK(AnyOp(Scale(2)) == AnyOp(Scale(2)));
  CHECK(AnyOp(Scale(2)) != AnyOp(Scale(3)));
  CHECK(AnyOp(Fill({DType::f32, {1, 1, 1, 1}}, 1)) != AnyOp(Fill({DType::f32, {1, 1, 1, 2}}, 1)));
  CHECK(AnyOp(ChannelAffine({1, 2}, {3, 4})) == AnyOp(ChannelAffine({1, 2}, {3, 4})));
  CHECK(AnyOp(ChannelAffine({1, 2}, {3, 4})) != AnyOp(ChannelAffine({1, 2}, {3, 5})));
}

TEST_CASE("attributes that an op has from a base count as well", "[engine]") {
  CHECK(AnyOp(Conv2d({2, 1})) == AnyOp(Conv2d({2, 1})));
  CHECK(AnyOp(Conv2d({2, 1})) != AnyOp(Conv2d({2, 0})));
  CHECK(AnyOp(Conv2dBackwardData({2, 1}, 8, 8)) != AnyOp(Conv2dBackwardData({1, 1}, 8, 8)));
  CHECK(AnyOp(Conv2dBackwardData({2, 1}, 8, 8)) != AnyOp(Conv2dBackwardData({2, 1}, 8, 9)));
  CHECK(AnyOp(InstanceNormFused({1e-5, 0})) != AnyOp(InstanceNormFused({1e-5, 1})));
}

TEST_CASE("an op with attributes cannot leave its comparison to a base", "[engine]") {
  STATIC_REQUIRE(ComparesAttributes<Scale>);
  STATIC_REQUIRE(!ComparesAttributes<Inherits>);
}

}  // namespace tuna
