// Which networks each term of Eq. 6 updates.  The objective masks gradients with stop_gradient, in one graph that
// shares what it can; here each term is recorded alone, updates every network, and its gradient is kept only for those
// that it should update.  One backward of the masked objective must be the sum of those gradients.
#include "engine/compile/compile.h"
#include "engine/program/autograd.h"
#include "kernels/pointwise/add.h"
#include "losses/feature.h"
#include "models/objective.h"
#include "tests/catch.h"
#include "tests/op_table/op_checks.h"

namespace tuna {
namespace {

const std::vector<std::string> kNetworks = {"G_AP", "G_PA", "F_A", "F_P"};

struct Setting {
  ObjectiveOptions objective = {};
  BatchNormMode batch_norm = BatchNormMode::frozen;
  std::vector<double> class_weights = {};
  int64_t size = 32, batch = 1;
};

/// A field that one term has, as the spec sets it.
void set_field(Setting& setting, const std::string& term, const char* key, const nlohmann::ordered_json& value) {
  const nlohmann::ordered_json json = {{key, value}};
  json_fields::JsonReader(json, {}, json_fields::JsonReader::Values::json).read(setting.objective[term]);
}

void fill_images(Executable& executable) {
  for (const char* name : {"x_a", "x_p"}) {
    HostTensor pixels(executable.input(name).type);
    Random random(1, name);
    for (double& pixel : pixels.as<double>()) pixel = random.uniform(-1, 1);
    executable.set(name, pixels);
  }
}

/// By parameter; a parameter without a gradient has no entry.
using Gradients = std::map<std::string, std::vector<double>>;

Gradients gradients_of(const Setting& setting) {
  Program program(DType::f64);
  TunaNetOptions options;
  options.generator = {2, 1};
  options.discriminator = {2, 3};
  options.classifier.width = 2;
  const TunaNet net(program, options, {.size = setting.size});
  const Tensor x_a = program.input("x_a", Shape{setting.batch, setting.size, setting.size, 1});
  const Tensor x_p = program.input("x_p", x_a.shape());
  const Tensor y_a = program.input("y_a", Type{DType::i32, {setting.batch, 1, 1, 1}});
  Tensors parameters;
  for (const std::string& network : kNetworks)
    for (const Tensor& parameter : program.states(network + ".", Role::parameter)) parameters.push_back(parameter);
  const Objective objective = record_objective(
      setting.objective, {net, setting.objective.gan, setting.batch_norm, setting.class_weights, x_a, y_a, x_p});
  const Tensors found = gradients(objective.total, parameters);
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
  for (const auto& [name, term] : setting.objective.terms) {
    if (term.weight == 0) continue;
    Setting alone = setting;
    for (auto& [other, options] : alone.objective.terms) {
      options.weight = other == name ? term.weight : 0;
      options.updates = kNetworks;
    }
    for (const auto& [parameter, gradient] : gradients_of(alone)) {
      if (!term.trains(net_of(parameter))) continue;
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
  paper.objective["feature"].updates = {"F_P", "G_AP"};
  check_masks(paper);

  Setting a;
  a.objective["feature"].weight = 0;
  check_masks(a);

  Setting b;
  b.objective["reconstruction"].updates = {"G_AP", "G_PA"};
  check_masks(b);
}

TEST_CASE("terms that update one of two generators", "[models][masks]") {
  Setting first;
  first.objective["adversarial"].updates = {"G_AP"};
  first.objective["cycle"].updates = {"G_AP"};
  first.objective["reconstruction"].updates = {"F_A", "G_PA"};
  first.objective["identity"] = {0.5, {"G_PA"}};
  check_masks(first);

  Setting second;
  second.objective["adversarial"].updates = {"G_PA"};
  second.objective["cycle"].updates = {"G_PA"};
  second.objective["reconstruction"].updates = {"G_AP"};
  second.objective["identity"] = {0.5, {"G_AP", "G_PA"}};
  check_masks(second);
}

TEST_CASE("the semantic term does not update F_A", "[models][masks]") {
  Setting setting;
  setting.objective["semantic"].weight = 2;
  check_masks(setting);

  for (auto& [name, term] : setting.objective.terms) term.weight = name == "semantic" ? 1 : 0;
  const Gradients found = gradients_of(setting);
  CHECK(!found.empty());
  for (const auto& [parameter, gradient] : found) CHECK(net_of(parameter)[0] == 'G');
}

TEST_CASE("terms that update one of two classifiers", "[models][masks]") {
  Setting feature;  // updates the generator only, while `synthetic` updates F_P by another view
  feature.objective["feature"].updates = {"G_AP"};
  check_masks(feature);

  Setting views;  // both terms update F_P, one of them the generator
  views.objective["synthetic"].updates = {"F_P"};
  check_masks(views);
  views.objective["synthetic"].updates = {"F_P", "G_AP"};
  views.objective["feature"].updates = {"F_P"};
  check_masks(views);

  Setting classifiers;  // no gradient of F reaches the generators
  classifiers.objective["reconstruction"].updates = {"F_A"};
  classifiers.objective["synthetic"].updates = {"F_P"};
  classifiers.objective["pseudo"].updates = {"F_A"};
  classifiers.objective["feature"].updates = {"F_P"};
  check_masks(classifiers);

  Setting generators;  // no term updates F_P, and only the source term updates F_A
  generators.objective["reconstruction"].updates = {"G_PA"};
  generators.objective["synthetic"].updates = {"G_AP"};
  generators.objective["pseudo"].updates = {"G_PA"};
  generators.objective["feature"].updates = {"G_AP"};
  check_masks(generators);
}

TEST_CASE("masks with the other options of the objective", "[models][masks]") {
  Setting setting;
  setting.batch = 2;
  setting.objective.gan = GanMode::vanilla;
  setting.class_weights = {1, 3};
  set_field(setting, "feature", "detach_real", true);
  set_field(setting, "pseudo", "min_conf", 0.5);
  setting.objective["synthetic"].updates = {"G_AP"};
  check_masks(setting);

  Setting training;  // of batch norm by the batch: classifiers take the images of one domain at a time
  training.batch_norm = BatchNormMode::training;
  training.size = 64;
  check_masks(training);
}

TEST_CASE("terms that update no network change nothing", "[models][masks]") {
  Setting setting;
  for (auto& [name, term] : setting.objective.terms) term.updates = {};
  setting.objective["source"].updates = {"F_A"};
  const Gradients found = gradients_of(setting);
  CHECK(!found.empty());
  for (const auto& [parameter, gradient] : found) {
    INFO(parameter);
    CHECK(net_of(parameter) == "F_A");
  }
  check_masks(setting);
}

TEST_CASE("detach_real takes F_P's gradient from synthetic images alone", "[models][masks]") {
  // F_Q is F_P under another name, so that the two sides of Eq. 5 can be told apart.
  Program program(DType::f64);
  ClassifierOptions options;
  options.width = 2;
  const Task task{.size = 32};
  const ResnetGenerator G(program, "G_AP", 1, {2, 1});
  const Classifier F_P(program, "F_P", options, task), F_Q(program, "F_Q", options, task);
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
    for (auto& [name, term] : setting.objective.terms) term.weight = 0;
    setting.objective["feature"].weight = 1;
    setting.objective["feature"].updates = {"F_P", "G_AP"};
    set_field(setting, "feature", "detach_real", detach);
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
