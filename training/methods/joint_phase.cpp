#include "training/methods/joint_phase.h"

#include <algorithm>

#include "kernels/random/image_pool.h"

namespace tuna {
namespace {

constexpr int64_t kGeneratorMultiple = 4;  // a generator halves images twice

void check_term(const ObjectiveTerm& term, const TermOptions& options) {
  const std::string key = "objective." + (term.section.empty() ? "" : term.section + ".") + term.name;
  check(options.weight == 0 || !options.updates.empty(),
        "{}.updates: this term updates no network; to leave it out, set {}.weight to 0", key, key);
}

StepInput pool_decisions_of(const std::string& pool, const CycleGanTraining& train, const Spec& spec) {
  return {pool + ".decisions", "optimizer_G",
          [=, seed = uint64_t(spec.seed), batch = train.batch, size = train.pool](int64_t updates) {
            return pool_decisions(seed, pool, updates, batch, size);
          }};
}

std::vector<Schedule> schedules_of(const Joint& joint) {
  const JointTraining& train = joint.train;
  std::vector<Schedule> schedules = {
      {"optimizer_G", "lr_g", train.lr_g, train.adam_gd(), train.epochs, train.decay_epochs},
      {"optimizer_D", "lr_d", train.lr_d, train.adam_gd(), train.epochs, train.decay_epochs}};
  if (!joint.trained_classifiers().empty())
    schedules.push_back({"optimizer_F", "lr_f", train.lr_f, train.adam_f(), train.epochs, train.decay_epochs});
  return schedules;
}

}  // namespace

void check_joint(const Joint& joint, const Spec& spec) {
  const int64_t size = spec.data.format.size, smallest = joint.net.discriminator.smallest_image();
  check(size % kGeneratorMultiple == 0, "data.size: {} is not a multiple of {}; the nearest are {} and {}", size,
        kGeneratorMultiple, size / kGeneratorMultiple * kGeneratorMultiple,
        (size / kGeneratorMultiple + 1) * kGeneratorMultiple);
  check(size >= smallest, "data.size: {} is too small for discriminator.layers = {}, which needs {} or more", size,
        joint.net.discriminator.layers, smallest);
  for (const ObjectiveTerm& term : objective_terms()) {
    const auto found = joint.objective.terms.find(term.name);
    if (found != joint.objective.terms.end()) check_term(term, found->second);
  }
  check(joint.trains("G_AP") || joint.trains("G_PA"),
        "objective: no term updates G_AP or G_PA (those of weight 0 are left out)");
  check(joint.train.epochs + joint.train.decay_epochs > 0, "train.epochs: no epochs, and none in train.decay_epochs");
}

RecordImages images_by(const std::vector<std::string>& generators, const TunaNetOptions& net, const Task& task) {
  return [=, options = net.generator](Program& program, Tensor image) {
    Tensors made;
    for (const std::string& generator : generators)
      made.push_back(ResnetGenerator(program, generator, task.channels, options)(made.empty() ? image : made.back()));
    return made;
  };
}

RecordLogits translated_logits(const std::string& classifier, const std::string& generator, const TunaNetOptions& net,
                               const Task& task) {
  return of_translated(logits_of(classifier, net.classifier, task), generator, net, task);
}

RecordValues of_translated(const RecordValues& record, const std::string& generator, const TunaNetOptions& net,
                           const Task& task) {
  return [record, translate = images_by({generator}, net, task)](Program& program, Tensor image) {
    return record(program, translate(program, image)[0]);
  };
}

Validation validation_of_generators(const Joint& joint, const Spec& spec, const RunData& data) {
  const Task task = spec.task();
  const ClassifierOptions& classifier = joint.net.classifier;
  return target_validation({"F_A", translated_logits("F_A", "G_PA", joint.net, task),
                            of_translated(features_of("F_A", classifier, task), "G_PA", joint.net, task),
                            logits_of("F_A", classifier, task)},
                           joint.train.select,
                           fmt::format("a larger objective.cycle.weight (now {:g}) or a smaller train.lr_g (now {:g}) "
                                       "may prevent it",
                                       joint.objective["cycle"].weight, joint.train.lr_g),
                           data);
}

Evaluated before_adaptation(const ClassifierOptions& classifier, const Task& task) {
  const RecordLogits logits = logits_of("F_A", classifier, task);
  return {"pretrain", "F_A", logits, logits, "NoAdapt", EvaluatedAs::before_adaptation};
}

std::vector<TranslatedBy> translations_by(const TunaNetOptions& net, const Task& task) {
  return {{Direction::source_to_target, "G_AP", images_by({"G_AP"}, net, task)},
          {Direction::target_to_source, "G_PA", images_by({"G_PA"}, net, task)}};
}

Phase joint_phase(const std::string& name, const std::string& result, const Joint& joint, const Spec& spec,
                  const RunData& data) {
  const JointTraining& train = joint.train;
  Phase phase{name, result, {"G_AP", "G_PA", "D_A", "D_P"}, {}};
  phase.record = [joint, task = spec.task()](Program& program) { record_joint_step(program, joint, task); };
  for (const std::string& classifier : joint.classifiers) {
    phase.networks.push_back(classifier);
    phase.start.push_back({classifier, "pretrain", "F_A", {}, {}});
  }
  phase.feeds = {{"x_a", "y_a", data.source("train"), train.augmentation, train.batch, name + " source", true},
                 {"x_p", "", data.target("train"), train.augmentation, train.batch, name + " target"}};
  phase.prior_from = {"pretrain", "F_A", logits_of("F_A", joint.net.classifier, spec.task())};
  if (train.pool > 0)
    phase.inputs = {pool_decisions_of("pool_A", train, spec), pool_decisions_of("pool_P", train, spec)};
  phase.schedules = schedules_of(joint);
  phase.steps_per_epoch = steps_per_epoch(train.steps_per_epoch, train.batch, data);
  phase.epochs = train.epochs + train.decay_epochs;
  phase.validate_every = spec.log.validate_every;
  phase.pictures_every = spec.log.images_every;
  phase.checkpoint_every = spec.log.checkpoint_every;
  const std::string &a = spec.domains.source, &p = spec.domains.target;
  phase.pictures = {{data.source("validation"),
                     {a + "\nx_a", "as " + p + "\nG_AP(x_a)", "back\nG_PA(G_AP(x_a))"},
                     images_by({"G_AP", "G_PA"}, joint.net, spec.task())},
                    {data.target("validation"),
                     {p + "\nx_p", "as " + a + "\nG_PA(x_p)", "back\nG_AP(G_PA(x_p))"},
                     images_by({"G_PA", "G_AP"}, joint.net, spec.task())}};
  return phase;
}

Phase translated_classifier_phase(const ClassifierPhase& names, const std::string& generators,
                                  const TunaNetOptions& net, const ClassifierTraining& training, const Spec& spec,
                                  const RunData& data) {
  const Task task = spec.task();
  Phase phase = classifier_phase(names, net.classifier, training, spec, data);
  phase.record = [=, translate = images_by({"G_AP"}, net, task)](Program& program) {
    record_classifier_step(program, names.network, net.classifier, training, task, translate);
  };
  phase.start = {{names.network, "pretrain", "F_A", {}, {}}};
  phase.prior_from = {"pretrain", "F_A", logits_of("F_A", net.classifier, task)};
  phase.validation->logits = translated_logits(names.network, "G_AP", net, task);
  keep_generators(phase, generators, net, task);
  return phase;
}

void keep_generators(Phase& phase, const std::string& from, const TunaNetOptions& net, const Task& task) {
  for (const char* generator : {"G_AP", "G_PA"}) {
    phase.networks.push_back(generator);
    phase.start.push_back({generator, from, generator, {}, {}});
  }
  phase.record = [record = phase.record, net, task](Program& program) {
    for (const char* generator : {"G_AP", "G_PA"}) ResnetGenerator(program, generator, task.channels, net.generator);
    record(program);
  };
}

}  // namespace tuna
