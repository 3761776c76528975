#include "training/methods/cycada_code_step.h"

#include <cmath>

#include "engine/compile/compile.h"
#include "tests/catch.h"

namespace tuna {
namespace {

constexpr int64_t kSize = 48;  // more than a pixel in the end, whose statistics CLS needs

/// A step on images of 0 with the label 0, and learning rates of 0.
struct PixelStep {
  State state{3};
  Executable executable = compile_step(state);

  static Executable compile_step(State& state) {
    Joint joint;
    joint.net.generator = {2, 1};
    joint.net.discriminator = {2, 1};
    joint.net.classifier.width = 2;
    joint.objective = ObjectiveOptions({"adversarial", "cycle", "semantic"});
    joint.objective["semantic"].weight = 1;
    joint.train.pool = 0;
    joint.classifiers = {"CLS"};
    joint.own_terms = terms_of_cycada_code();
    Program program(DType::f64);
    record_cycada_code_step(program, joint, {.size = kSize});
    return compile(program, Device::reference(), state);
  }

  void fill(const std::string& name, double value) {
    const Type& type = state.type(name);
    state.write(name, HostTensor(type, std::vector<double>(size_t(type.shape.count()), value)));
  }

  void run(double last_loss) {
    fill("last_loss_CLS", last_loss);
    for (const char* optimizer : {"optimizer_G", "optimizer_D", "optimizer_CLS"}) {
      const std::string schedule = std::string(optimizer) + ".schedule";
      executable.set(schedule, HostTensor(executable.input(schedule).type, {0, 1, 1}));
    }
    executable.run();
  }
};

}  // namespace

TEST_CASE("CyCADA's code counts the adversarial loss of G_AP twice", "[method]") {
  PixelStep step;
  for (const char* D : {"D_A", "D_P"}) step.fill(std::string(D) + ".model.5.weight", 0);
  step.fill("D_P.model.5.bias", 3);
  step.fill("D_A.model.5.bias", 0);
  step.run(0);
  CHECK_THAT(step.executable.scalar("loss.adversarial"), WithinRel(2 * 4.0 + 1, 1e-12));
}

TEST_CASE("CyCADA's code has a semantic term of CLS while its last loss is small", "[method]") {
  PixelStep step;
  constexpr double kLogit = 3;  // of class 1
  step.fill("CLS.fc.weight", 0);
  step.state.write("CLS.fc.bias", HostTensor(step.state.type("CLS.fc.bias"), {0, kLogit}));
  CHECK(step.state.read("last_loss_CLS").values() == std::vector<double>{1});
  const double with_label = std::log1p(std::exp(kLogit)), with_own_class = std::log1p(std::exp(-kLogit));
  for (const double last : {0.99, 1.0, 1.01}) {
    INFO(last);
    step.run(last);
    CHECK_THAT(step.executable.scalar("loss.semantic"), WithinRel(last < 1 ? with_label + with_own_class : 0, 1e-12));
    CHECK_THAT(step.executable.scalar("loss.CLS"), WithinRel(with_label, 1e-12));
    CHECK(step.state.read("last_loss_CLS").values()[0] == step.executable.scalar("loss.CLS"));
  }
}

}  // namespace tuna
