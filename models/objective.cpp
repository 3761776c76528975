#include "models/objective.h"

#include "kernels/geometry/concatenate.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/scale.h"
#include "losses/classification.h"
#include "losses/cycle.h"
#include "losses/feature.h"

namespace tuna {
namespace {

struct PseudoOptions {
  double min_conf = 0;

  template <class Fields>
  void fields(Fields& field) {
    field("min_conf", min_conf, "Pseudo-labels with a lower probability are ignored.", closed(0, 1));
  }
  bool operator==(const PseudoOptions&) const = default;
};

struct FeatureOptions {
  bool detach_real = false;

  template <class Fields>
  void fields(Fields& field) {
    field("detach_real", detach_real, "No gradient through the features of the real image.");
  }
  bool operator==(const FeatureOptions&) const = default;
};

}  // namespace

std::vector<ObjectiveTerm>& objective_terms() {
  static std::vector<ObjectiveTerm> terms = {
      {"",
       "adversarial",
       "The generators against D_P and D_A (Eq. 1).",
       {1, {"G_AP", "G_PA"}},
       [](ObjectiveStep& step, const TermOptions& term) {
         return [&] {
           return gan_real(step.net.D_P(step.fake_p(term)), step.gan)
                  + gan_real(step.net.D_A(step.fake_a(term)), step.gan);
         };
       }},

      {"",
       "cycle",
       "L1 between images and their reconstructions (Eq. 2); its weight is the paper's lambda.",
       {10, {"G_AP", "G_PA"}},
       [](ObjectiveStep& step, const TermOptions& term) {
         return [&] { return cycle_loss(step.rec_a(term), step.x_a) + cycle_loss(step.rec_p(term), step.x_p); };
       }},

      {"classification",
       "source",
       "F_A on source images x_a and their labels (Eq. 3).",
       {1, {"F_A"}},
       [](ObjectiveStep& step, const TermOptions& term) {
         return [&, source = step.classify("F_A", step.x_a, term)] {
           return cross_entropy(source->logits, step.y_a, step.class_weights);
         };
       }},

      {"classification",
       "reconstruction",
       "F_A on G_PA(G_AP(x_a)) and the labels of x_a (Eq. 4).",
       {1, {"F_A", "G_AP", "G_PA"}},
       [](ObjectiveStep& step, const TermOptions& term) {
         return [&, reconstruction = step.classify("F_A", step.rec_a(term), term)] {
           return cross_entropy(reconstruction->logits, step.y_a, step.class_weights);
         };
       }},

      {"classification",
       "synthetic",
       "F_P on G_AP(x_a) and the labels of x_a (Eq. 4).",
       {1, {"F_P", "G_AP"}},
       [](ObjectiveStep& step, const TermOptions& term) {
         return [&, synthetic = step.classify("F_P", step.fake_p(term), term)] {
           return cross_entropy(synthetic->logits, step.y_a, step.class_weights);
         };
       }},

      // No gradient flows through the pseudo-label, which would train F_P on its own prediction.
      {"classification",
       "pseudo",
       "F_A on G_PA(x_p) and the class that F_P gives x_p (Eq. 4).",
       {1, {"F_A", "G_PA"}, {"F_A", "G_PA"}, PseudoOptions()},
       [](ObjectiveStep& step, const TermOptions& term) {
         return [&, by_F_A = step.classify("F_A", step.fake_a(term), term),
                 by_F_P = step.classify_without_gradient("F_P", step.x_p)] {
           const Tensor pseudo_label = argmax(by_F_P->logits, term.more.as<PseudoOptions>().min_conf);
           return cross_entropy(by_F_A->logits, pseudo_label);
         };
       }},

      {"",
       "feature",
       "Distance between F_P's features of x_p and of G_AP(x_a), at conv3 and conv4 (Eq. 5). By default it updates "
       "G_AP alone, since F_P could minimise it by uninformative features.",
       {1, {"F_P", "G_AP"}, {"G_AP"}, FeatureOptions()},
       [](ObjectiveStep& step, const TermOptions& term) {
         return [&, real = step.classify("F_P", step.x_p, term),
                 synthetic = step.classify("F_P", step.fake_p(term), term)] {
           const bool detached = term.more.as<FeatureOptions>().detach_real;
           const auto of_real = [&](Tensor feature) { return detached ? stop_gradient(feature) : feature; };
           return feature_distance(of_real(real->conv3), synthetic->conv3)
                  + feature_distance(of_real(real->conv4), synthetic->conv4);
         };
       }},

      {"",
       "semantic",
       "F_A, not updated, on translations of both directions and the classes that it gives the images themselves "
       "(CyCADA, Eq. 4). Not part of Eq. 6.",
       {0, {"G_AP", "G_PA"}},
       [](ObjectiveStep& step, const TermOptions& term) {
         return [&, of_x_a = step.classify_without_gradient("F_A", step.x_a),
                 of_x_p = step.classify_without_gradient("F_A", step.x_p),
                 of_fake_p = step.classify("F_A", step.fake_p(term), term),
                 of_fake_a = step.classify("F_A", step.fake_a(term), term)] {
           return cross_entropy(of_fake_p->logits, argmax(of_x_a->logits, 0))
                  + cross_entropy(of_fake_a->logits, argmax(of_x_p->logits, 0));
         };
       }},

      {"",
       "identity",
       "L1 between x_p and G_AP(x_p), and x_a and G_PA(x_a). Not part of Eq. 6.",
       {0, {"G_AP", "G_PA"}},
       [](ObjectiveStep& step, const TermOptions& term) {
         return [&] {
           return cycle_loss(step.translate("G_AP", step.x_p, term), step.x_p)
                  + cycle_loss(step.translate("G_PA", step.x_a, term), step.x_a);
         };
       }},
  };
  return terms;
}

bool TermOptions::trains(std::string_view network) const {
  return weight > 0 && std::find(updates.begin(), updates.end(), network) != updates.end();
}

ObjectiveOptions::ObjectiveOptions() {
  for (const ObjectiveTerm& term : objective_terms()) terms.emplace(term.name, term.options);
}

ObjectiveOptions::ObjectiveOptions(const std::vector<std::string>& names) {
  for (const ObjectiveTerm& term : objective_terms())
    if (std::find(names.begin(), names.end(), term.name) != names.end()) terms.emplace(term.name, term.options);
}

Objective record_objective(const ObjectiveOptions& options, ObjectiveStep step,
                           const std::map<std::string, RecordTerm>& own_terms) {
  std::vector<std::pair<std::string, std::function<Tensor()>>> recorded_later;
  for (const ObjectiveTerm& term : objective_terms()) {
    const auto found = options.terms.find(term.name);
    if (found == options.terms.end() || found->second.weight == 0) continue;
    const auto own = own_terms.find(term.name);
    const RecordTerm& record = own == own_terms.end() ? term.record : own->second;
    recorded_later.emplace_back(term.name, record(step, found->second));
  }
  check(!recorded_later.empty(), "objective: every term has weight 0");
  step.classify_queued();

  Objective objective{{}, {}, step.fake_p(), step.fake_a(), step.rec_a(), step.rec_p()};
  for (const auto& [name, record] : recorded_later) objective.terms[name] = record();
  for (const auto& [name, record] : recorded_later) {  // Eq. 6
    const Tensor weighted = options[name].weight * objective.terms.at(name);
    objective.total = objective.total ? objective.total + weighted : weighted;
  }
  return objective;
}

ObjectiveStep::ObjectiveStep(const TunaNet& net, GanMode gan, BatchNormMode batch_norm,
                             std::vector<double> class_weights, Tensor x_a, Tensor y_a, Tensor x_p)
    : net(net),
      gan(gan),
      class_weights(std::move(class_weights)),
      x_a(x_a),
      y_a(y_a),
      x_p(x_p),
      batch_norm_(batch_norm) {
  // Instance norm works per image, so G_AP translates x_a and brings fake_a back in one batch.
  fake_a_ = net.G_PA(x_p);
  const Tensors by_G_AP = split(net.G_AP(concatenate({x_a, fake_a_})), {x_a.shape().n, x_p.shape().n});
  fake_p_ = by_G_AP[0];
  rec_p_ = by_G_AP[1];
  rec_a_ = net.G_PA(fake_p_);
}

// Returns one value per image, so that repeated calls for it compare equal.
Tensor ObjectiveStep::detach_unless(bool trains, Tensor image) {
  if (trains) return image;
  Tensor& detached = detached_[image.id];
  if (!detached) detached = stop_gradient(image);
  return detached;
}

Tensor ObjectiveStep::fake_p(const TermOptions& term) { return detach_unless(term.trains("G_AP"), fake_p_); }
Tensor ObjectiveStep::fake_a(const TermOptions& term) { return detach_unless(term.trains("G_PA"), fake_a_); }

Tensor ObjectiveStep::rec_a(const TermOptions& term) {
  if (term.trains("G_AP") == term.trains("G_PA")) return detach_unless(term.trains("G_AP"), rec_a_);
  return translate("G_PA", fake_p(term), term);
}

Tensor ObjectiveStep::rec_p(const TermOptions& term) {
  if (term.trains("G_AP") == term.trains("G_PA")) return detach_unless(term.trains("G_AP"), rec_p_);
  return translate("G_AP", fake_a(term), term);
}

// A generator that the term does not train still passes the gradient on to its input.
Tensor ObjectiveStep::translate(const std::string& generator, Tensor image, const TermOptions& term) const {
  const ResnetGenerator& G = generator == "G_AP" ? net.G_AP : net.G_PA;
  if (term.trains(generator)) return G(image);
  const FrozenParameters frozen(*image.program);
  return G(image);
}

ObjectiveStep::Result ObjectiveStep::classify(const std::string& classifier, Tensor image, const TermOptions& term) {
  return queue(classifier, {image, true, term.trains(classifier), {}});
}

ObjectiveStep::Result ObjectiveStep::classify_without_gradient(const std::string& classifier, Tensor image) {
  return queue(classifier, {image, false, false, {}});
}

ObjectiveStep::Result ObjectiveStep::queue(const std::string& classifier, ClassifierInput input) {
  Inputs& inputs = queued_[classifier];
  for (ClassifierInput& other : inputs) {
    if (other.image.id != input.image.id) continue;
    const bool same = other.updates == input.updates || !other.with_gradient || !input.with_gradient;
    if (!same) continue;
    other.updates |= input.updates;
    other.with_gradient |= input.with_gradient;
    return other.result;
  }
  input.result = std::make_shared<Classified>();
  inputs.push_back(input);
  return input.result;
}

void ObjectiveStep::classify_queued() {
  for (const auto& queue : queued_)
    for (const bool updates : {false, true}) classify_group(queue.first, queue.second, updates);
}

// Classifies images in one batch if batch norm is frozen and all of them update the classifier or none does.  An image
// that is classified both ways is classified by itself, so that compile() finds one forward pass for the two gradients.
void ObjectiveStep::classify_group(const std::string& classifier, const Inputs& inputs, bool updates) const {
  const auto is_classified_once = [&](const ClassifierInput& input) {
    return std::count_if(inputs.begin(), inputs.end(),
                         [&](const ClassifierInput& other) { return other.image.id == input.image.id; })
           == 1;
  };
  Inputs batch, single;
  for (const ClassifierInput& input : inputs) {
    if (input.updates != updates) continue;
    const bool in_batch = batch_norm_ == BatchNormMode::frozen && is_classified_once(input);
    (in_batch ? batch : single).push_back(input);
  }
  if (!batch.empty()) classify_batch(classifier, batch);
  for (const ClassifierInput& input : single) classify_batch(classifier, {input});
}

void ObjectiveStep::classify_batch(const std::string& classifier, const Inputs& inputs) const {
  const Classifier& F = net.classifiers.at(classifier);
  Tensors images;
  std::vector<int64_t> counts;
  for (const ClassifierInput& input : inputs) {
    images.push_back(input.image);
    counts.push_back(input.image.shape().n);
  }
  const auto classified = [&](Tensor batch) {
    if (inputs[0].updates) return F(batch, batch_norm_);
    const FrozenParameters frozen(*batch.program);
    return F(batch, batch_norm_);
  };
  if (inputs.size() == 1) {
    *inputs[0].result = classified(images[0]);
    return;
  }
  const Classified all = classified(concatenate(images));
  const Tensors logits = split(all.logits, counts), conv3 = split(all.conv3, counts), conv4 = split(all.conv4, counts);
  for (size_t i = 0; i < inputs.size(); ++i) *inputs[i].result = {logits[i], conv3[i], conv4[i], {}};
}

}  // namespace tuna
