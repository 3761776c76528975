#include "optim/loss_scale.h"

#include "engine/compile/compile.h"
#include "kernels/pointwise/cast.h"
#include "kernels/pointwise/scale.h"
#include "optim/adam.h"
#include "tests/catch.h"

namespace tuna {
namespace {

/// One parameter of two elements whose loss is factor * (sum of both), passed through the type of activations, so that
/// its gradient is `factor` in that type.
struct Steep {
  explicit Steep(DType activation, double factor, const Device& device, LossScaleRule rule = {}) : state(0, device) {
    Program program(activation);
    const Tensor p = program.state("p", Type{DType::f32, {1, 1, 1, 1}}, Initial::constant(1), Role::parameter);
    AdamOptimizer optimizer(program, "optimizer", {p});
    const Tensor loss = 0.25 * to_accumulation_type(4 * factor * to_activation(program.latest(p)));
    LossScale scale(program, "loss", rule);
    scale.update({optimizer.step(scale.gradients(loss, {program.latest(p)}), loss, scale.value())});
    executable = compile(program, device, state);
  }

  /// Whether the update was made.
  bool run() {
    executable.set("optimizer.schedule", std::span<const float>(adam_schedule(0.125, 1)));
    executable.run();
    return executable.scalar("optimizer.finite") != 0;
  }

  State state;
  Executable executable;
};

double scale_of(const Steep& steep) { return steep.state.read("loss.loss_scale").values()[0]; }

}  // namespace

TEST_CASE("the loss scale is halved until gradients fit into f16, and doubled after many that do",
          "[optim][reduced_precision]") {
  const Device device = GENERATE(Device::reference(), Device::emulated());
  Steep steep(DType::f16, 16, device, {.patience = 3});  // 16 * 4096 is just too much for f16
  for (const double scale : {32768, 16384, 8192, 4096, 2048}) {
    CHECK_FALSE(steep.run());
    CHECK(scale_of(steep) == scale);
    CHECK(steep.state.read("p").values()[0] == 1);
  }
  CHECK(steep.run());
  CHECK(steep.run());
  CHECK(scale_of(steep) == 2048);
  CHECK(steep.run());
  CHECK(scale_of(steep) == 4096);
  CHECK(steep.executable.scalar("loss.loss_scale") == 4096);
  CHECK_FALSE(steep.run());
  CHECK(scale_of(steep) == 2048);
}

TEST_CASE("the first loss scale stays for as many steps as any other", "[optim][reduced_precision]") {
  Steep steep(DType::f16, 0x1p-4, Device::reference(), {.patience = 3});
  for (const double scale : {65536, 65536, 131072, 131072, 131072, 262144}) {
    CHECK(steep.run());
    CHECK(scale_of(steep) == scale);
  }
}

TEST_CASE("the loss scale does not change an update", "[optim][reduced_precision]") {
  Steep scaled(DType::f16, 0x1p-20, Device::reference()), plain(DType::f32, 0x1p-20, Device::reference());
  while (!scaled.run()) CHECK(scale_of(scaled) >= 1024);
  CHECK(plain.run());
  CHECK(scaled.state.read("optimizer.exp_avg.p").values() == plain.state.read("optimizer.exp_avg.p").values());
  CHECK(scaled.state.read("p").values() == plain.state.read("p").values());
}

TEST_CASE("without f16 there is no loss scale", "[optim][reduced_precision]") {
  for (const DType activation : {DType::f32, DType::bf16}) {
    Steep steep(activation, 16, Device::reference());
    CHECK(steep.run());
    CHECK_FALSE(steep.state.contains("loss.loss_scale"));
  }
}

}  // namespace tuna
