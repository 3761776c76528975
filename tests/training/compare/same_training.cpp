#include "training/compare/same_training.h"

#include "tests/catch.h"

namespace tuna {
namespace {

Spec spec_of(const std::string& method, const std::vector<std::string>& settings = {}) {
  return parse_spec("{\"method\": \"" + method + "\"}", "spec", {}, settings);
}

bool same(const Spec& one, const std::string& of_one, const Spec& other, const std::string& of_other) {
  const std::vector<Phase> a = phases_without_images(one), b = phases_without_images(other);
  return train_the_same({find_phase(a, of_one), a}, {find_phase(b, of_other), b}, DType::f32);
}

}  // namespace

TEST_CASE("methods pretrain in the same way unless a setting of that phase differs", "[compare]") {
  const Spec tuna_net = spec_of("tuna_net");
  for (const char* method : {"ada_bn", "adda", "cycada", "cycle_gan", "dann", "mcc", "tuna_net_offline"}) {
    INFO(method);
    CHECK(same(tuna_net, "pretrain", spec_of(method), "pretrain"));
  }
  CHECK_FALSE(same(tuna_net, "pretrain", spec_of("classifier"), "train"));  // it has another name, so other numbers
  for (const char* setting : {"pretrain.epochs=7", "pretrain.batch=7", "pretrain.lr=7e-4", "pretrain.betas=[0.5, 0.9]",
                              "pretrain.augmentation.flip=0.5", "classifier.width=8", "classifier.depth=50",
                              "classifier.weights=file", "class_weights=[1, 2]", "data.size=64"}) {
    INFO(setting);
    CHECK_FALSE(same(tuna_net, "pretrain", spec_of("mcc", {setting}), "pretrain"));
  }
  for (const char* setting : {"train.epochs=7", "train.lr=7e-4", "log.every=7", "data.loader_threads=3"})
    CHECK(same(tuna_net, "pretrain", spec_of("mcc", {setting}), "pretrain"));
}

TEST_CASE("a phase is the same only if what it starts from is", "[compare]") {
  const Spec cycada = spec_of("cycada");
  CHECK(same(cycada, "pixel", spec_of("cycada", {"feature.epochs=7"}), "pixel"));
  CHECK(same(cycada, "task", spec_of("cycada", {"feature.epochs=7"}), "task"));
  for (const char* setting : {"pretrain.epochs=7", "objective.cycle.weight=7", "train.pool=7"}) {
    INFO(setting);
    CHECK_FALSE(same(cycada, "pixel", spec_of("cycada", {setting}), "pixel"));
    CHECK_FALSE(same(cycada, "task", spec_of("cycada", {setting}), "task"));
  }
  CHECK_FALSE(same(cycada, "pixel", cycada, "task"));
}

}  // namespace tuna
