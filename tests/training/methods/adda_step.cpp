#include "training/methods/adda_step.h"

#include <cmath>

#include "engine/compile/compile.h"
#include "engine/program/autograd.h"
#include "tests/catch.h"

namespace tuna {

TEST_CASE("ADDA's encoder minimises the discriminator's loss for the inverted label", "[method]") {
  constexpr int64_t kSize = 32;
  const Task task{.size = kSize};
  ClassifierOptions classifier;
  classifier.width = 2;
  AddaTraining training;
  training.domain_discriminator.layers = 0;
  Program program(DType::f64);
  const Tensor x_p = program.input("x_p", Shape{1, kSize, kSize, 1});
  const Classifier F_A(program, "F_A", classifier, task);
  record_adda_step(program, F_A(x_p, BatchNormMode::frozen).pooled, x_p, classifier, training, task);
  State state(3);
  Executable executable = compile(program, Device::reference(), state);

  // D gives every feature the same logit of "source", and the learning rates are 0.
  constexpr double kLogit = 3;
  const std::string weight = "D.model.0.weight", bias = "D.model.0.bias";
  state.write(weight, HostTensor(state.type(weight), std::vector<double>(size_t(state.type(weight).shape.count()))));
  state.write(bias, HostTensor(state.type(bias), {kLogit}));
  for (const char* optimizer : {"optimizer_D", "optimizer_F"}) {
    const std::string schedule = std::string(optimizer) + ".schedule";
    executable.set(schedule, HostTensor(executable.input(schedule).type, {0, 1, 1}));
  }
  executable.run();
  const double for_source = std::log1p(std::exp(-kLogit)), for_target = std::log1p(std::exp(kLogit));
  CHECK_THAT(executable.scalar("loss.encoder"), WithinRel(for_source, 1e-12));
  CHECK_THAT(executable.scalar("loss.discriminator"), WithinRel((for_source + for_target) / 2, 1e-12));
}

TEST_CASE("the accuracy of a domain discriminator is the mean over both domains", "[method]") {
  for (const Device& device : {Device::reference(), Device::cpu(), Device::emulated()}) {
    Program program;
    const DomainScores scores{program.input("source", {4, 1, 1, 1}), program.input("target", {2, 1, 1, 1})};
    program.output("accuracy", domain_accuracy(scores));
    State state(0, device);
    Executable executable = compile(program, device, state);
    executable.set("source", {2, -1, 0.5, 3});
    executable.set("target", {1, -0.25});
    executable.run();
    CHECK(executable.scalar("accuracy") == (0.75 + 0.5) / 2);
  }
}

}  // namespace tuna
