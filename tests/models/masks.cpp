// Who learns from which term of Eq. 6.  The objective says it with stop_gradient, in one graph that shares what it can;
// here each term stands alone, teaches everybody, and its gradient is kept only for the networks that it is to teach.
// One backward of the masked objective must be the sum of those.
#include "engine/autograd.h"
#include "engine/compile/compile.h"
#include "kernels/pointwise/add.h"
#include "losses/feature.h"
#include "models/tuna_net.h"
#include "tests/catch.h"
#include "tests/op_checks.h"

namespace tuna {
namespace {

const std::vector<std::string> kLearners = {"G_AP", "G_PA", "F_A", "F_P"};

using Member = Term ObjectiveOptions::*;
const std::map<std::string, Member> kTerms = {
    {"adversarial", &ObjectiveOptions::adversarial},
    {"cycle", &ObjectiveOptions::cycle},
    {"identity", &ObjectiveOptions::identity},
    {"source", &ObjectiveOptions::source},
    {"reconstruction", &ObjectiveOptions::reconstruction},
    {"synthetic", &ObjectiveOptions::synthetic},
    {"pseudo", &ObjectiveOptions::pseudo},
    {"feature", &ObjectiveOptions::feature},
};

struct Setting {
  ObjectiveOptions objective = {};
  BatchNormMode batch_norm = BatchNormMode::frozen;
  int64_t size = 32, batch = 1;
};

void fill_images(Executable& executable) {
  for (const char* name : {"x_a", "x_p"}) {
    HostTensor pixels(executable.input(name).type);
    Random random(1, name);
    for (double& pixel : pixels.as<double>()) pixel = random.uniform(-1, 1);
    executable.set(name, pixels);
  }
}

/// By parameter; without an entry where none flows.
using Gradients = std::map<std::string, std::vector<double>>;

Gradients gradients_of(const Setting& setting) {
  Program program(DType::f64);
  TunaNetOptions options;
  options.generator = {1, 2, 1};
  options.discriminator = {1, 2, 3};
  options.classifier.resnet = {1, 2, 18, 2};
  options.classifier.input_size = setting.size * 7 / 8;
  options.objective = setting.objective;
  options.batch_norm = setting.batch_norm;
  const TunaNet net(program, options);
  const Tensor x_a = program.input("x_a", Shape{setting.batch, setting.size, setting.size, 1});
  const Tensor x_p = program.input("x_p", x_a.shape());
  const Tensor y_a = program.input("y_a", Type{DType::i32, {setting.batch, 1, 1, 1}});
  Tensors parameters;
  for (const std::string& learner : kLearners)
    for (const Tensor& parameter : program.states(learner + ".", Role::parameter)) parameters.push_back(parameter);
  const Tensors found = gradients(net.objective(x_a, y_a, x_p).total, parameters);
  std::vector<std::string> reached;
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (!found[i]) continue;
    reached.push_back(program.value(parameters[i].id).name);
    program.output(reached.back(), found[i]);
  }

  State state(7);
  Executable executable = compile(program, Device::reference(), state);
  fill_images(executable);
  std::vector<int32_t> labels;
  for (int64_t i = 0; i < setting.batch; ++i) labels.push_back(int32_t(1 - i % 2));
  executable.set("y_a", std::span<const int32_t>(labels));
  executable.run();
  Gradients result;
  for (const std::string& name : reached) result[name] = executable.get(name).values();
  return result;
}

std::string net_of(const std::string& parameter) { return parameter.substr(0, parameter.find('.')); }

Gradients sum_of_terms(const Setting& setting) {
  Gradients sum;
  for (const auto& [name, member] : kTerms) {
    const Term& term = setting.objective.*member;
    if (term.weight == 0) continue;
    Setting alone = setting;
    for (const auto& [other, other_member] : kTerms) {
      (alone.objective.*other_member).weight = 0;
      (alone.objective.*other_member).learn = kLearners;
    }
    (alone.objective.*member).weight = term.weight;
    for (const auto& [parameter, gradient] : gradients_of(alone)) {
      if (!term.teaches(net_of(parameter))) continue;
      std::vector<double>& total = sum[parameter];
      total.resize(gradient.size());
      for (size_t i = 0; i < gradient.size(); ++i) total[i] += gradient[i];
    }
  }
  return sum;
}

void check_masks(const Setting& setting) {
  const Gradients together = gradients_of(setting), apart = sum_of_terms(setting);
  CHECK(!together.empty());
  for (const auto* side : {&together, &apart})
    for (const auto& [parameter, gradient] : *side) {
      INFO(parameter);
      REQUIRE((together.count(parameter) && apart.count(parameter)));
    }
  for (const auto& [parameter, gradient] : together) {
    INFO(parameter);
    CHECK(relative_l2(gradient, apart.at(parameter)) <= 1e-10);
  }
}

}  // namespace

TEST_CASE("the default masks: one backward is the sum of the terms' gradients", "[models][masks]") { check_masks({}); }

TEST_CASE("the masks of the paper and its ablations", "[models][masks]") {
  Setting paper;
  paper.objective.feature.learn = {"F_P", "G_AP"};
  check_masks(paper);

  Setting a;
  a.objective.feature.weight = 0;
  check_masks(a);

  Setting b;
  b.objective.reconstruction.learn = {"G_AP", "G_PA"};
  check_masks(b);
}

TEST_CASE("terms that teach only one of two generators", "[models][masks]") {
  Setting first;
  first.objective.adversarial.learn = {"G_AP"};
  first.objective.cycle.learn = {"G_AP"};
  first.objective.reconstruction.learn = {"F_A", "G_PA"};
  first.objective.identity = {0.5, {"G_PA"}};
  check_masks(first);

  Setting second;
  second.objective.adversarial.learn = {"G_PA"};
  second.objective.cycle.learn = {"G_PA"};
  second.objective.reconstruction.learn = {"G_AP"};
  second.objective.identity = {0.5, {"G_AP", "G_PA"}};
  check_masks(second);
}

TEST_CASE("classifiers that do not learn from what others teach", "[models][masks]") {
  Setting feature;  // moves the generator only, while `synthetic` teaches F_P by another view
  feature.objective.feature.learn = {"G_AP"};
  check_masks(feature);

  Setting views;  // F_P learns from both terms, the generator from one of them
  views.objective.synthetic.learn = {"F_P"};
  check_masks(views);
  views.objective.synthetic.learn = {"F_P", "G_AP"};
  views.objective.feature.learn = {"F_P"};
  check_masks(views);

  Setting classifiers;  // nothing of F reaches the generators
  classifiers.objective.reconstruction.learn = {"F_A"};
  classifiers.objective.synthetic.learn = {"F_P"};
  classifiers.objective.pseudo.learn = {"F_A"};
  classifiers.objective.feature.learn = {"F_P"};
  check_masks(classifiers);

  Setting generators;  // nothing teaches F_P, and F_A learns from its own images only
  generators.objective.reconstruction.learn = {"G_PA"};
  generators.objective.synthetic.learn = {"G_AP"};
  generators.objective.pseudo.learn = {"G_PA"};
  generators.objective.feature.learn = {"G_AP"};
  check_masks(generators);
}

TEST_CASE("masks with the other options of the objective", "[models][masks]") {
  Setting setting;
  setting.batch = 2;
  setting.objective.gan = GanMode::vanilla;
  setting.objective.detach_real_features = true;
  setting.objective.class_weights = {1, 3};
  setting.objective.min_confidence = 0.5;
  setting.objective.synthetic.learn = {"G_AP"};
  check_masks(setting);

  Setting training;  // of batch norm by the batch: classifiers see images one domain at a time
  training.batch_norm = BatchNormMode::training;
  training.size = 64;
  check_masks(training);
}

TEST_CASE("a term that teaches nobody moves nothing", "[models][masks]") {
  Setting setting;
  for (const auto& [name, member] : kTerms) (setting.objective.*member).learn = {};
  setting.objective.source.learn = {"F_A"};
  const Gradients found = gradients_of(setting);
  CHECK(!found.empty());
  for (const auto& [parameter, gradient] : found) {
    INFO(parameter);
    CHECK(net_of(parameter) == "F_A");
  }
  check_masks(setting);
}

TEST_CASE("detach_real_features takes F_P's gradient from synthetic images alone", "[models][masks]") {
  // F_Q is F_P under another name, so that the two sides of Eq. 5 can be told apart.
  Program program(DType::f64);
  const ClassifierOptions options{{1, 2, 18, 2}, 28};
  const ResnetGenerator G(program, "G_AP", {1, 2, 1});
  const Classifier F_P(program, "F_P", options), F_Q(program, "F_Q", options);
  const Tensor x_a = program.input("x_a", Shape{1, 32, 32, 1}), x_p = program.input("x_p", x_a.shape());
  const Classified real = F_Q(x_p, BatchNormMode::frozen), synthetic = F_P(G(x_a), BatchNormMode::frozen);
  const Tensor feature = feature_distance(real.conv3, synthetic.conv3) + feature_distance(real.conv4, synthetic.conv4);
  const Tensors of_P = program.states("F_P.", Role::parameter), of_Q = program.states("F_Q.", Role::parameter);
  Tensors both = of_P;
  both.insert(both.end(), of_Q.begin(), of_Q.end());
  const Tensors found = gradients(feature, both);
  for (size_t i = 0; i < both.size(); ++i)
    if (found[i]) program.output(program.value(both[i].id).name, found[i]);
  State state(7);
  Executable executable = compile(program, Device::reference(), state);
  state.copy("F_P.", "F_Q.");
  fill_images(executable);
  executable.run();

  for (const bool detach : {false, true}) {
    Setting setting;
    for (const auto& [name, member] : kTerms) (setting.objective.*member).weight = 0;
    setting.objective.feature = {1, {"F_P", "G_AP"}};
    setting.objective.detach_real_features = detach;
    size_t compared = 0;
    for (const auto& [parameter, gradient] : gradients_of(setting)) {
      if (net_of(parameter) != "F_P") continue;
      INFO(parameter);
      std::vector<double> expected = executable.get(parameter).values();
      const std::vector<double> by_real = executable.get("F_Q" + parameter.substr(3)).values();
      for (size_t i = 0; i < expected.size() && !detach; ++i) expected[i] += by_real[i];
      CHECK(relative_l2(gradient, expected) <= 1e-10);
      ++compared;
    }
    CHECK(compared > 20);
  }
}

}  // namespace tuna
