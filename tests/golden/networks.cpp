// Networks against PyTorch's f64: outputs, all gradients, and the running statistics of batch norm.
#include <map>

#include "engine/program/autograd.h"
#include "models/patch_discriminator.h"
#include "models/resnet.h"
#include "models/resnet_generator.h"
#include "tests/catch.h"
#include "tests/golden/golden.h"
#include "tests/gpu.h"

namespace tuna {
namespace {

/// A network's outputs for x, under the names of the file's outputs.
using Outputs = std::map<std::string, Tensor>;
using Apply = std::function<Outputs(Program&, Tensor x)>;
using Targets = std::vector<GoldenTarget>;

// Names values of the program as the file names PyTorch's, so that each on either side has its counterpart.
void compare_network(const Golden& golden, const std::string& net, const Targets& targets, const Apply& apply) {
  for (const GoldenTarget& target : targets) {
    INFO("backend " << to_string(target.device.backend));
    Program program(target.real);
    const Tensor x = program.input("x", golden.shape("input.x"));
    Tensors outputs, seeds;
    for (const auto& [name, tensor] : apply(program, x)) {
      program.output("output." + name, tensor);
      outputs.push_back(tensor);
      seeds.push_back(program.input("dout." + name, tensor.shape()));
    }
    Tensors wrt{x};
    for (const Tensor& parameter : program.states(net + ".", Role::parameter)) wrt.push_back(parameter);
    const Tensors found = gradients(outputs, seeds, wrt);
    for (size_t i = 0; i < wrt.size(); ++i) {
      INFO("gradient of " << program.value(wrt[i].id).name);
      REQUIRE(found[i]);
      program.output("grad." + program.value(wrt[i].id).name, found[i]);
    }
    golden.check_inert(program);

    State state(0, target.device);
    Executable executable = compile(program, target.device, state);
    golden.load(state, net);
    golden.set(executable, "x", "input.x");
    for (const std::string& name : golden.names("dout.")) golden.set(executable, name, name);
    executable.run();
    CHECK(golden.names("output.").size() == outputs.size());
    CHECK(golden.names("grad.").size() == wrt.size());
    for (const char* kind : {"output.", "grad."})
      for (const std::string& name : golden.names(kind))
        golden.compare(name, executable.get(name).values(), target.tolerance);
    for (const std::string& name : golden.names("after."))
      golden.compare(name, state.read(name.substr(sizeof("after.") - 1)).values(), target.tolerance);
  }
}

void compare_resnet(const std::string& file, BatchNormMode mode, const Targets& targets) {
  const Golden golden(file);
  const nlohmann::json& config = golden.config();
  const int depth = std::stoi(config.at("net").get<std::string>().substr(sizeof("resnet") - 1));
  const ResNetOptions options{config.at("channels"), config.at("classes"), depth, config.at("width")};
  compare_network(golden, "F_A", targets, [&](Program& program, Tensor x) {
    const Classified found = ResNet(program, "F_A", options)(x, mode);
    return Outputs{{"logits", found.logits}, {"conv3", found.conv3}, {"conv4", found.conv4}};
  });
}

void compare_generators(const Targets& targets) {
  for (const char* file : {"generator_1_channel", "generator_3_channels"}) {
    const Golden golden(file);
    const nlohmann::json& config = golden.config();
    const GeneratorOptions options{config.at("ngf"), config.at("blocks")};
    compare_network(golden, "G_AP", targets, [&](Program& program, Tensor x) {
      return Outputs{{"y", ResnetGenerator(program, "G_AP", config.at("channels"), options)(x)}};
    });
  }
}

void compare_discriminator(const Targets& targets) {
  const Golden golden("discriminator");
  const nlohmann::json& config = golden.config();
  const DiscriminatorOptions options{config.at("ndf"), config.at("layers")};
  compare_network(golden, "D_P", targets, [&](Program& program, Tensor x) {
    return Outputs{{"y", PatchDiscriminator(program, "D_P", config.at("channels"), options)(x)}};
  });
}

void compare_frozen_resnets(const Targets& targets) {
  for (const char* file : {"resnet18_frozen", "resnet34_frozen", "resnet50_frozen"})
    compare_resnet(file, BatchNormMode::frozen, targets);
}

void compare_resnet_in_training(const Targets& targets) {
  compare_resnet("resnet18_training", BatchNormMode::training, targets);
}

}  // namespace

TEST_CASE("the generator is PyTorch's", "[golden]") { compare_generators(golden_targets()); }

TEST_CASE("the discriminator is PyTorch's", "[golden]") { compare_discriminator(golden_targets()); }

TEST_CASE("ResNets with frozen batch norm are torchvision's", "[golden]") { compare_frozen_resnets(golden_targets()); }

TEST_CASE("a ResNet in training keeps torchvision's running statistics", "[golden]") {
  compare_resnet_in_training(golden_targets());
}

TEST_CASE("networks on a GPU are PyTorch's", "[golden][gpu]") {
  if (no_gpu()) return;
  for (const auto compare :
       {compare_generators, compare_discriminator, compare_frozen_resnets, compare_resnet_in_training})
    compare(golden_targets_on_gpu());
}

}  // namespace tuna
