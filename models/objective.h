// Eq. 6, which the generators and classifiers of TUNA-Net minimise together, as a list of terms.  A term is one entry
// of the list in objective.cpp: its section of the spec, its equation, and the networks that it updates.  Methods that
// TUNA-Net is compared with minimise other terms of the list.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/any_options.h"
#include "models/tuna_net.h"

namespace tuna {

/// The weight of a term, and the networks that it updates.
struct TermOptions {
  double weight;
  std::vector<std::string> updates;   // of `networks`
  std::vector<std::string> networks;  // that the term has a gradient for
  AnyOptions more;                    // fields of this term alone

  /// Updates all of them by default.
  TermOptions(double default_weight, const std::vector<std::string>& networks)
      : TermOptions(default_weight, networks, networks) {}
  TermOptions(double default_weight, std::vector<std::string> networks, std::vector<std::string> updates,
              AnyOptions more = {})
      : weight(default_weight), updates(std::move(updates)), networks(std::move(networks)), more(std::move(more)) {}

  /// Whether the term changes the weights of `network`.
  bool trains(std::string_view network) const;

  template <class Fields>
  void fields(Fields& field) {
    field("weight", weight, "Its weight in the objective; 0: the term is left out.", closed(0, 1e6));
    field("updates", updates, "The networks that it updates.", OneOf<std::string>{networks});
    more.fields(field);
  }
  bool operator==(const TermOptions&) const = default;
};

class ObjectiveStep;

/// Queues the images that a term classifies, so that a classifier gets all images of a step in one batch; the function
/// that it returns is called afterwards and records the term, a scalar.
using RecordTerm = std::function<std::function<Tensor()>(ObjectiveStep&, const TermOptions&)>;

/// One term of Eq. 6.
struct ObjectiveTerm {
  std::string section;  // of the objective's section in the spec; empty: the objective itself
  std::string name;     // "cycle": its key, and its output "loss.cycle"
  std::string description;
  TermOptions options;  // the defaults
  RecordTerm record;
};

/// All terms, in the order of the sum.
std::vector<ObjectiveTerm>& objective_terms();

struct ObjectiveOptions {
  GanMode gan = GanMode::lsgan;
  std::map<std::string, TermOptions> terms;  // by name

  /// All terms, with their default weights.
  ObjectiveOptions();

  /// Some of them, by name.
  explicit ObjectiveOptions(const std::vector<std::string>& names);
  TermOptions& operator[](const std::string& term) { return terms.at(term); }
  const TermOptions& operator[](const std::string& term) const { return terms.at(term); }

  template <class Fields>
  void fields(Fields& field) {
    field("gan", gan, "Adversarial loss: squared errors (as CycleGAN), or Eq. 1's logarithms, non-saturating.",
          Choices<GanMode>{{{"lsgan", GanMode::lsgan}, {"vanilla", GanMode::vanilla}}});
    Section(*this, "").fields(field);
    Section classification(*this, "classification");
    if (classification.has_terms())
      field("classification", classification, "Cross-entropy of the classifiers (Eq. 3 and 4).");
  }
  bool operator==(const ObjectiveOptions&) const = default;

 private:
  /// Those terms that are in one section, as a field list.
  struct Section {
    ObjectiveOptions& objective;
    std::string name;

    Section(ObjectiveOptions& objective, std::string name) : objective(objective), name(std::move(name)) {}

    bool has(const ObjectiveTerm& term) const { return term.section == name && objective.terms.count(term.name) > 0; }

    bool has_terms() const {
      const std::vector<ObjectiveTerm>& all = objective_terms();
      return std::any_of(all.begin(), all.end(), [&](const ObjectiveTerm& term) { return has(term); });
    }

    template <class Fields>
    void fields(Fields& field) {
      for (const ObjectiveTerm& term : objective_terms())
        if (has(term)) field(term.name.c_str(), objective[term.name], term.description.c_str());
    }
  };
};

/// What is recorded for the terms of one step.  x_a, x_p: [N, H, W, C] in [-1, 1]; y_a: labels [N, 1, 1, 1].
class ObjectiveStep {
 public:
  ObjectiveStep(const TunaNet& net, GanMode gan, BatchNormMode batch_norm, std::vector<double> class_weights,
                Tensor x_a, Tensor y_a, Tensor x_p);

  const TunaNet& net;
  const GanMode gan;
  const std::vector<double> class_weights;
  const Tensor x_a, y_a, x_p;

  /// Translations and reconstructions for a term, with the gradients of the generators that it trains.
  Tensor fake_p(const TermOptions& term);  // G_AP(x_a)
  Tensor fake_a(const TermOptions& term);  // G_PA(x_p)
  Tensor rec_a(const TermOptions& term);   // G_PA(G_AP(x_a))
  Tensor rec_p(const TermOptions& term);   // G_AP(G_PA(x_p))

  /// A generator's translation of an image for a term.
  Tensor translate(const std::string& generator, Tensor image, const TermOptions& term) const;

  /// Queues an image for a classifier of the net ("F_A"); classify_queued() sets the result.
  using Result = std::shared_ptr<const Classified>;
  Result classify(const std::string& classifier, Tensor image, const TermOptions& term);

  /// The same for a result that no gradient flows through.
  Result classify_without_gradient(const std::string& classifier, Tensor image);

  /// Classifies all that was queued.
  void classify_queued();

  /// With the gradients of both generators.
  Tensor fake_p() const { return fake_p_; }
  Tensor fake_a() const { return fake_a_; }
  Tensor rec_a() const { return rec_a_; }
  Tensor rec_p() const { return rec_p_; }

 private:
  /// An image that is queued for a classifier.
  struct ClassifierInput {
    Tensor image;
    bool with_gradient;  // false: any other input of the same image has the same result
    bool updates;        // the classifier's weights
    std::shared_ptr<Classified> result;
  };
  using Inputs = std::vector<ClassifierInput>;

  Result queue(const std::string& classifier, ClassifierInput input);
  void classify_group(const std::string& classifier, const Inputs& inputs, bool updates) const;
  void classify_batch(const std::string& classifier, const Inputs& inputs) const;
  Tensor detach_unless(bool trains, Tensor image);

  BatchNormMode batch_norm_;
  Tensor fake_p_, fake_a_, rec_a_, rec_p_;
  std::map<uint32_t, Tensor> detached_;
  std::map<std::string, Inputs> queued_;
};

/// Eq. 6 and what it is made of.
struct Objective {
  Tensor total;
  std::map<std::string, Tensor> terms;  // unweighted; those with a weight above 0
  Tensor fake_p, fake_a, rec_a, rec_p;  // images
};

/// `own_terms`, by name: terms that a method records differently from the list.  Throws Error if every term has weight
/// 0.
Objective record_objective(const ObjectiveOptions& options, ObjectiveStep step,
                           const std::map<std::string, RecordTerm>& own_terms = {});

}  // namespace tuna
