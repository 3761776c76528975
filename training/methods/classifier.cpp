// A classifier on the labelled images of one domain, without adaptation: on the source the network that other methods
// start from, on the target their upper bound.
#include "training/methods/classifier_phase.h"

namespace tuna {
namespace {

enum class Domain { source, target };

struct ClassifierSpec {
  Domain trained_on = Domain::source;
  ClassifierOptions classifier;
  ClassifierTraining train;

  template <class Fields>
  void fields(Fields& field) {
    field("trained_on", trained_on, "The domain whose labels it learns from.",
          Choices<Domain>{{{"source", Domain::source}, {"target", Domain::target}}});
    field("classifier", classifier, "A ResNet.");
    field("train", train, "How it is trained.");
  }
  bool operator==(const ClassifierSpec&) const = default;
};

std::vector<Phase> phases(const Spec& spec, const RunData& data) {
  const auto& own = spec.of<ClassifierSpec>();
  const DomainsSpec& domains = spec.domains;
  const std::string& domain = own.trained_on == Domain::source ? domains.source : domains.target;
  return {classifier_phase({"train", kWeights, "F", domain}, own.classifier, own.train, spec, data)};
}

std::vector<Evaluated> evaluations(const Spec& spec) {
  const auto& own = spec.of<ClassifierSpec>();
  const RecordLogits logits = logits_of("F", own.classifier, spec.task());
  if (own.trained_on == Domain::source)
    return {{"train", "F", logits, logits, "NoAdapt", EvaluatedAs::before_adaptation}};
  return {{"train", "F", logits, logits, "Supervised", EvaluatedAs::upper_bound}};
}

const RegisterMethod classifier([](Method& method) {
  method.name = "classifier";
  method.sections.options = ClassifierSpec();
  method.phases = phases;
  method.evaluations = evaluations;
  method.changes_on_resume = {"train.epochs"};
  method.use_trained = [](Spec& spec, const std::filesystem::path& weights) {
    use_trained_weights(spec.of<ClassifierSpec>().classifier, weights);
  };
});

}  // namespace
}  // namespace tuna
