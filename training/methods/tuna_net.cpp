// TUNA-Net (Tang et al., MICCAI 2019): F_A is pretrained on the source; then six networks are trained together
// (models/tuna_net.h), F_P as a copy of F_A.  On request a classifier is trained on the target's labels as well, as the
// upper bound of adaptation.
#include "training/methods/tuna_net.h"

#include <algorithm>

#include "kernels/random/image_pool.h"
#include "training/evaluation/validators.h"

namespace tuna {
namespace {

constexpr int64_t kGeneratorMultiple = 4;  // a generator halves images twice

void check_term(const ObjectiveTerm& term, const TermOptions& options) {
  const std::string key = "objective." + (term.section.empty() ? "" : term.section + ".") + term.name;
  check(options.weight == 0 || !options.updates.empty(),
        "{}.updates: this term updates no network; to leave it out, set {}.weight to 0", key, key);
}

void check_objective(const ObjectiveOptions& objective) {
  for (const ObjectiveTerm& term : objective_terms()) check_term(term, objective[term.name]);
  // Each of the two optimizers needs a gradient.
  const auto is_trained = [&](std::string_view network) {
    return std::any_of(objective.terms.begin(), objective.terms.end(),
                       [&](const auto& term) { return term.second.trains(network); });
  };
  for (const auto& [one, other] : {std::pair("G_AP", "G_PA"), {"F_A", "F_P"}})
    check(is_trained(one) || is_trained(other), "objective: no term updates {} or {} (those of weight 0 are left out)",
          one, other);
}

void check_spec(const Spec& spec) {
  const auto& own = spec.of<TunaNetSpec>();
  const int64_t size = spec.data.format.size, smallest = own.net.discriminator.smallest_image();
  check(size % kGeneratorMultiple == 0, "data.size: {} is not a multiple of {}; the nearest are {} and {}", size,
        kGeneratorMultiple, size / kGeneratorMultiple * kGeneratorMultiple,
        (size / kGeneratorMultiple + 1) * kGeneratorMultiple);
  check(size >= smallest, "data.size: {} is too small for discriminator.layers = {}, which needs {} or more", size,
        own.net.discriminator.layers, smallest);
  check_objective(own.objective);
  check(own.train.epochs + own.train.decay_epochs > 0, "train.epochs: no epochs, and none in train.decay_epochs");
}

RecordImages by_generators(const Spec& spec, const std::vector<std::string>& generators) {
  return [=, task = spec.task(), options = spec.of<TunaNetSpec>().net.generator](Program& program, Tensor image) {
    Tensors made;
    for (const std::string& generator : generators)
      made.push_back(ResnetGenerator(program, generator, task.channels, options)(made.empty() ? image : made.back()));
    return made;
  };
}

// F_P classifies source images as translated by G_AP.
RecordLogits translated_logits(const Spec& spec) {
  return [=, task = spec.task(), options = spec.of<TunaNetSpec>().net](Program& program, Tensor x_a) {
    const Tensor fake_p = ResnetGenerator(program, "G_AP", task.channels, options.generator)(x_a);
    return Classifier(program, "F_P", options.classifier, task)(fake_p, BatchNormMode::frozen).logits;
  };
}

StepInput pool_decisions_of(const std::string& pool, const Spec& spec) {
  const JointTraining& train = spec.of<TunaNetSpec>().train;
  return {pool + ".decisions", "optimizer_G",
          [=, seed = uint64_t(spec.seed), batch = train.batch, size = train.pool](int64_t updates) {
            return pool_decisions(seed, pool, updates, batch, size);
          }};
}

Phase joint_phase(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<TunaNetSpec>();
  const JointTraining& train = own.train;
  Phase phase{"joint", kWeights, {"G_AP", "G_PA", "D_A", "D_P", "F_A", "F_P"}, {}};
  phase.record = [net = own.net, objective = own.objective, train, task = spec.task()](Program& program) {
    record_tuna_net_step(program, net, objective, train, task);
  };
  phase.start = {{"F_A", "pretrain", "F_A", {}, {}}, {"F_P", "pretrain", "F_A", {}, {}}};
  phase.feeds = {{"x_a", "y_a", data.source("train"), train.augmentation, train.batch, "joint source"},
                 {"x_p", "", data.target("train"), train.augmentation, train.batch, "joint target"}};
  if (train.pool > 0) phase.inputs = {pool_decisions_of("pool_A", spec), pool_decisions_of("pool_P", spec)};
  phase.schedules = {{"optimizer_G", "lr_g", train.lr_g, train.adam_gd(), train.epochs, train.decay_epochs},
                     {"optimizer_D", "lr_d", train.lr_d, train.adam_gd(), train.epochs, train.decay_epochs},
                     {"optimizer_F", "lr_f", train.lr_f, train.adam_f(), train.epochs, train.decay_epochs}};
  phase.steps_per_epoch = steps_per_epoch(train.steps_per_epoch, train.batch, data);
  phase.epochs = train.epochs + train.decay_epochs;
  phase.validate_every = spec.log.validate_every;
  phase.pictures_every = spec.log.images_every;
  phase.checkpoint_every = spec.log.checkpoint_every;
  phase.validation = {"F_P", logits_of("F_P", own.net.classifier, spec.task()), data.target("validation"),
                      without_labels, ""};
  const std::string &a = spec.domains.source, &p = spec.domains.target;
  phase.pictures = {{data.source("validation"),
                     {a + "\nx_a", "as " + p + "\nG_AP(x_a)", "back\nG_PA(G_AP(x_a))"},
                     by_generators(spec, {"G_AP", "G_PA"})},
                    {data.target("validation"),
                     {p + "\nx_p", "as " + a + "\nG_PA(x_p)", "back\nG_AP(G_PA(x_p))"},
                     by_generators(spec, {"G_PA", "G_AP"})}};
  return phase;
}

std::vector<Phase> phases(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<TunaNetSpec>();
  const auto classifier = [&](const ClassifierPhase& phase) {
    return classifier_phase(phase, own.net.classifier, own.pretrain, spec, data);
  };
  std::vector<Phase> all = {classifier({"pretrain", "pretrained.safetensors", "F_A", spec.domains.source}),
                            joint_phase(spec, data)};
  if (own.supervised) all.push_back(classifier({"supervised", "supervised.safetensors", "F_S", spec.domains.target}));
  return all;
}

std::vector<Evaluated> evaluations(const Spec& spec) {
  const auto& own = spec.of<TunaNetSpec>();
  const auto logits = [&](const char* network) { return logits_of(network, own.net.classifier, spec.task()); };
  std::vector<Evaluated> all = {
      {"pretrain", "F_A", logits("F_A"), logits("F_A"), "NoAdapt", EvaluatedAs::before_adaptation},
      {"joint", "F_P", logits("F_P"), translated_logits(spec), "TUNA-Net", EvaluatedAs::adapted},
      {"joint", "F_A", logits("F_A"), logits("F_A"), "", EvaluatedAs::classifier}};
  if (own.supervised)
    all.push_back({"supervised", "F_S", logits("F_S"), logits("F_S"), "Supervised", EvaluatedAs::upper_bound});
  return all;
}

std::vector<TranslatedBy> translations(const Spec& spec) {
  return {{Direction::source_to_target, "G_AP", by_generators(spec, {"G_AP"})},
          {Direction::target_to_source, "G_PA", by_generators(spec, {"G_PA"})}};
}

void use_trained(Spec& spec, const std::filesystem::path& weights) {
  std::filesystem::path& file = spec.of<TunaNetSpec>().net.classifier.weights;
  if (!file.empty()) file = weights;
}

const RegisterMethod tuna_net([](Method& method) {
  method.name = "tuna_net";
  method.sections = {TunaNetSpec(), check_spec, true};
  method.phases = phases;
  method.evaluations = evaluations;
  method.translations = translations;
  method.changes_on_resume = {"pretrain.epochs", "train.epochs", "train.decay_epochs", "supervised"};
  method.use_trained = use_trained;
  method.starter = tuna_net_starter;
});

}  // namespace
}  // namespace tuna
