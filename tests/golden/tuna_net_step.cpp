// One whole training step of TUNA-Net against PyTorch's: images, losses, all gradients, and the states after it.
#include <algorithm>

#include "kernels/random/image_pool.h"
#include "tests/catch.h"
#include "tests/golden/golden.h"
#include "tests/gpu.h"
#include "tests/op_table/op_checks.h"
#include "training/methods/joint_step.h"

namespace tuna {
namespace {

TunaNetOptions net_options(const nlohmann::json& config) {
  TunaNetOptions options;
  options.generator = {config.at("ngf"), config.at("blocks")};
  options.discriminator = {config.at("ndf"), config.at("layers")};
  options.classifier.width = config.at("classifier_width");
  return options;
}

ObjectiveOptions objective_options(const nlohmann::json& config) {
  ObjectiveOptions options;
  options["cycle"].weight = config.at("lambda_cycle");
  options["feature"].weight = config.at("lambda_feature");
  options["feature"].updates = {"F_P", "G_AP"};
  return options;
}

JointTraining training_options(const nlohmann::json& config) {
  JointTraining training;
  training.pool = 3;
  training.betas_gd = config.at("betas_g");
  training.betas_f = config.at("betas_f");
  return training;
}

Task task_of(const nlohmann::json& config) {
  const Task task{config.at("size"), config.at("channels"), config.at("classes"), {}};
  CHECK(ClassifierOptions().input_size(task) == config.at("f_size"));
  return task;
}

/// One of the step's three optimizers, and its networks.
struct Group {
  std::string optimizer;
  AdamOptions options;
  double lr;
  std::vector<std::string> nets;
};

void set_schedule(Executable& executable, const Group& group) {
  const std::string input = group.optimizer + ".schedule";
  if (executable.input(input).type.dtype == DType::f64)
    executable.set(input, std::span<const double>(adam_schedule<double>(group.lr, 1, group.options)));
  else
    executable.set(input, std::span<const float>(adam_schedule<float>(group.lr, 1, group.options)));
}

std::vector<double> scaled(std::vector<double> values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

std::vector<double> difference(std::vector<double> a, const std::vector<double>& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return a;
}

void check_step(const std::vector<GoldenTarget>& targets) {
  const Golden golden("tuna_step");
  const nlohmann::json& config = golden.config();
  const JointTraining training = training_options(config);
  const std::vector<Group> groups = {
      {"optimizer_G", training.adam_gd(), config.at("lr_g"), {"G_AP", "G_PA"}},
      {"optimizer_F", training.adam_f(), config.at("lr_f"), {"F_A", "F_P"}},
      {"optimizer_D", training.adam_gd(), config.at("lr_d"), {"D_A", "D_P"}},
  };
  // The engine's terms are sums over both directions, or both layers.
  const std::map<std::string, std::vector<std::string>> losses = {
      {"loss.adversarial", {"adversarial.G_AP", "adversarial.G_PA"}},
      {"loss.cycle", {"cycle.a", "cycle.p"}},
      {"loss.source", {"classification.x_a"}},
      {"loss.reconstruction", {"classification.rec_a"}},
      {"loss.synthetic", {"classification.fake_p"}},
      {"loss.pseudo", {"classification.fake_a"}},
      {"loss.feature", {"feature.conv3", "feature.conv4"}},
      {"objective", {"objective"}},
      {"loss.D_A", {"D_A"}},
      {"loss.D_P", {"D_P"}},
  };

  for (const GoldenTarget& target : targets) {
    INFO("backend " << to_string(target.device.backend));
    Program program(target.real);
    record_joint_step(program, {net_options(config), objective_options(config), training}, task_of(config));
    golden.check_inert(program);
    State state(0, target.device);
    Executable executable = compile(program, target.device, state);
    for (const Group& group : groups) {
      for (const std::string& net : group.nets) golden.load(state, net);
      set_schedule(executable, group);
    }
    for (const char* input : {"x_a", "x_p", "y_a"}) golden.set(executable, input, std::string("input.") + input);
    const std::vector<int32_t> fill_slot_1{1, kPoolFill};
    for (const char* pool : {"pool_A", "pool_P"})
      executable.set(std::string(pool) + ".decisions", std::span<const int32_t>(fill_slot_1));
    executable.run();

    for (const char* image : {"fake_p", "fake_a", "rec_a", "rec_p"})
      golden.compare(std::string("output.") + image, executable.get(image).values(), target.tolerance);
    size_t compared = 0;
    for (const auto& [ours, theirs] : losses) {
      double expected = 0;
      for (const std::string& part : theirs) expected += golden.values("output.loss." + part)[0];
      compared += theirs.size();
      INFO(ours);
      CHECK_THAT(executable.scalar(ours), WithinRel(expected, target.tolerance));
    }
    CHECK(compared == golden.names("output.loss.").size());

    for (const Group& group : groups) {
      CHECK(executable.scalar(group.optimizer + ".finite") == 1);
      size_t gradients = 0;
      for (const std::string& net : group.nets)
        for (const std::string& name : golden.names("grad." + net + ".")) {
          const std::string parameter = name.substr(sizeof("grad.") - 1);
          // The first step leaves (1 - beta1) * gradient in the first moment.
          const std::vector<double> moment = state.read(group.optimizer + ".exp_avg." + parameter).values();
          golden.compare(name, scaled(moment, 1 / (1 - group.options.beta1)), target.tolerance);
          golden.compare("after." + parameter, state.read(parameter).values(), target.tolerance);
          if (target.real == DType::f64) {  // a step is too small relative to its parameter to be compared in f32
            const std::vector<double> before = golden.values("param." + parameter);
            const std::vector<double> step = difference(state.read(parameter).values(), before);
            INFO("the step of " << parameter);
            CHECK(relative_l2(step, difference(golden.values("after." + parameter), before)) <= 1e-9);
          }
          ++gradients;
        }
      CHECK(gradients == state.names(group.optimizer + ".exp_avg.").size());
    }

    for (const std::string& name : config.at("without_gradient").get<std::vector<std::string>>())
      CHECK(state.read(name).values() == golden.values("param." + name));
    for (const auto& [pool, fake] : {std::pair("pool_A", "fake_a"), std::pair("pool_P", "fake_p")}) {
      const std::vector<double> images = state.read(pool).values(), image = executable.get(fake).values();
      const auto slot = images.begin() + int64_t(image.size());
      CHECK(std::equal(image.begin(), image.end(), slot));
      CHECK(std::all_of(images.begin(), slot, [](double value) { return value == 0; }));
    }
  }
}

}  // namespace

TEST_CASE("one step of TUNA-Net is PyTorch's", "[golden]") { check_step(golden_targets()); }

TEST_CASE("one step of TUNA-Net on a GPU is PyTorch's", "[golden][gpu]") {
  if (!no_gpu()) check_step(golden_targets_on_gpu());
}

}  // namespace tuna
