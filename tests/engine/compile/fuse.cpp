#include "kernels/norm/instance_norm.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/tanh.h"
#include "tests/engine/compile/drafts.h"

namespace tuna {

TEST_CASE("chains become single steps of the draft, and the program stays as it is", "[engine][compile]") {
  for (const Fusion fusion : {Fusion::on, Fusion::off}) {
    Program program(DType::f32, fusion);
    const Tensor norm = instance_norm(program.input("x", {1, 3, 3, 2}));
    tanh(norm);  // not needed, so it does not prevent the fusion
    program.output("y", relu(norm));
    TestDraft test(program);
    keep_needed(*test);
    fuse(*test);
    const Names fused = {"instance_norm_fused"}, plain = {"instance_norm", "relu"};
    CHECK(op_names(*test) == (fusion == Fusion::on ? fused : plain));
    CHECK(program.steps().size() == 3);
  }
}

}  // namespace tuna
