// The published networks: their numbers of parameters and the sizes of their outputs.
#include "models/patch_discriminator.h"
#include "models/resnet.h"
#include "models/resnet_generator.h"
#include "tests/catch.h"

namespace tuna {
namespace {

/// As PyTorch counts: biases before an instance norm too, running statistics not.
int64_t parameters_of(const Program& program) {
  int64_t count = 0;
  for (const StateValue& value : program.states())
    if (value.role != Role::buffer) count += value.type.shape.count();
  return count;
}

int64_t parameters_of(ResNetOptions options) {
  Program program;
  ResNet(program, "F_A", options);
  return parameters_of(program);
}

int64_t parameters_of_generator(int64_t channels) {
  Program program;
  ResnetGenerator(program, "G_AP", channels, {});
  return parameters_of(program);
}

int64_t parameters_of_discriminator(int64_t channels) {
  Program program;
  PatchDiscriminator(program, "D_A", channels, {});
  return parameters_of(program);
}

}  // namespace

TEST_CASE("networks have as many parameters as the published ones", "[models]") {
  CHECK(parameters_of_generator(3) == 11'378'179);
  CHECK(parameters_of_generator(1) == 11'365'633);
  CHECK(parameters_of_discriminator(3) == 2'764'737);
  CHECK(parameters_of(ResNetOptions{3, 1000, 18, 64}) == 11'689'512);
  CHECK(parameters_of(ResNetOptions{3, 1000, 34, 64}) == 21'797'672);
  CHECK(parameters_of(ResNetOptions{3, 1000, 50, 64}) == 25'557'032);
}

TEST_CASE("networks have the paper's outputs, at its sizes", "[models]") {
  Program program;
  const Tensor image = program.input("image", {1, 512, 512, 1});
  CHECK(ResnetGenerator(program, "G_AP", 1, {})(image).shape() == image.shape());
  CHECK(PatchDiscriminator(program, "D_A", 1, {})(image).shape() == Shape{1, 62, 62, 1});

  const ResNet F(program, "F_A", {});
  const Classified seen = F(program.input("normalised", {1, 448, 448, 3}), BatchNormMode::frozen);
  CHECK(seen.logits.shape() == Shape{1, 1, 1, 2});
  CHECK(seen.conv3.shape() == Shape{1, 56, 56, 128});
  CHECK(seen.conv4.shape() == Shape{1, 28, 28, 256});
}

TEST_CASE("networks refuse inputs that do not fit, and name the module", "[models]") {
  Program program;
  REQUIRE_THROWS_WITH(ResNet(program, "F_A", {3, 2, 101, 64}), Contains("depth 101 is not 18, 34 or 50"));
  const ResNet F(program, "F_P", {3, 2, 18, 8});
  REQUIRE_THROWS_WITH(F(program.input("gray", {1, 64, 64, 1}), BatchNormMode::frozen),
                      Contains("F_P: takes 3 channels, got 1x64x64x1"));
  const ResnetGenerator G(program, "G_AP", 1, {4, 1});
  REQUIRE_THROWS_WITH(G(program.input("colour", {1, 64, 64, 3})), Contains("G_AP.model.1"));
  REQUIRE_THROWS_WITH(G(program.input("tiny", {1, 3, 64, 1})), Contains("G_AP.model.0"));
}

}  // namespace tuna
