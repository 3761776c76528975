#include "models/tuna_net.h"

#include <algorithm>

#include "kernels/geometry/concatenate.h"
#include "kernels/geometry/split.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/scale.h"
#include "losses/classification.h"
#include "losses/cycle.h"
#include "losses/feature.h"

namespace tuna {
namespace {

// The same image, from which only these networks learn.
Tensor taught(Tensor image, bool learns) { return learns ? image : stop_gradient(image); }

// The generator applied for a term that does not teach it, yet passes on to what came before.
Tensor apply(const ResnetGenerator& G, Tensor image, bool learns) {
  if (learns) return G(image);
  const NotLearning guard(*image.program);
  return G(image);
}

Tensor sum(const std::vector<std::pair<double, Tensor>>& weighted) {
  Tensor total;
  for (const auto& [weight, term] : weighted) {
    if (weight == 0) continue;
    total = total ? total + weight * term : weight * term;
  }
  check(bool(total), "objective: every term has weight 0");
  return total;
}

}  // namespace

bool Term::teaches(const std::string& net) const { return std::find(learn.begin(), learn.end(), net) != learn.end(); }

TunaNet::TunaNet(Program& program, TunaNetOptions options)
    : G_AP(program, "G_AP", options.generator),
      G_PA(program, "G_PA", options.generator),
      D_A(program, "D_A", options.discriminator),
      D_P(program, "D_P", options.discriminator),
      F_A(program, "F_A", options.classifier),
      F_P(program, "F_P", options.classifier),
      options_(std::move(options)) {}

Objective TunaNet::objective(Tensor x_a, Tensor y_a, Tensor x_p) const {
  const ObjectiveOptions& o = options_.objective;
  const int64_t n = x_a.shape().n;

  // Instance norm works per image, so G_AP translates x_a and brings fake_a back in one batch.
  const Tensor fake_a = G_PA(x_p);
  const Tensors by_G_AP = split(G_AP(concatenate({x_a, fake_a})), {n, x_p.shape().n});
  const Tensor fake_p = by_G_AP[0], rec_p = by_G_AP[1];
  const Tensor rec_a = G_PA(fake_p);

  // Who learns from a term is said by what it sees: an image with or without the gradient of its generators.
  const auto fake_p_of = [&](const Term& term) { return taught(fake_p, term.teaches("G_AP")); };
  const auto fake_a_of = [&](const Term& term) { return taught(fake_a, term.teaches("G_PA")); };
  const auto rec_a_of = [&](const Term& term) {
    if (term.teaches("G_AP") == term.teaches("G_PA")) return taught(rec_a, term.teaches("G_AP"));
    return apply(G_PA, fake_p_of(term), term.teaches("G_PA"));
  };
  const auto rec_p_of = [&](const Term& term) {
    if (term.teaches("G_AP") == term.teaches("G_PA")) return taught(rec_p, term.teaches("G_AP"));
    return apply(G_AP, fake_a_of(term), term.teaches("G_AP"));
  };

  const std::vector<Classified> by_F_A = classify(F_A, {{x_a, o.source.teaches("F_A")},
                                                        {rec_a_of(o.reconstruction), o.reconstruction.teaches("F_A")},
                                                        {fake_a_of(o.pseudo), o.pseudo.teaches("F_A")}});
  const bool one_view = o.synthetic.teaches("F_P") == o.feature.teaches("F_P")
                        && o.synthetic.teaches("G_AP") == o.feature.teaches("G_AP");
  const Sight see_real_p{x_p, o.feature.teaches("F_P")}, see_fake_p{fake_p_of(o.feature), o.feature.teaches("F_P")};
  // Both in one batch, unless fake_p is classified by itself for its label, too: then by itself here as well, so that
  // compile() finds one forward pass where two gradients were recorded.
  const std::vector<Classified> by_F_P =
      one_view ? classify(F_P, {see_real_p, see_fake_p})
               : std::vector<Classified>{classify(F_P, {see_real_p})[0], classify(F_P, {see_fake_p})[0]};
  const Classified &real_p = by_F_P[0], &synthetic_p = by_F_P[1];
  const Classified labelled_p =
      one_view ? synthetic_p : classify(F_P, {{fake_p_of(o.synthetic), o.synthetic.teaches("F_P")}})[0];

  // No gradient: F_P is not taught by its own opinion.
  const Tensor pseudo_label = argmax(real_p.logits, o.min_confidence);
  const auto real = [&](Tensor feature) { return taught(feature, !o.detach_real_features); };

  const Tensor adversarial = gan_real(D_P(fake_p_of(o.adversarial)), o.gan)  // Eq. 1
                             + gan_real(D_A(fake_a_of(o.adversarial)), o.gan);
  const Tensor cycle = cycle_loss(rec_a_of(o.cycle), x_a) + cycle_loss(rec_p_of(o.cycle), x_p);  // Eq. 2
  const Tensor source = cross_entropy(by_F_A[0].logits, y_a, o.class_weights);                   // Eq. 3: source images
  const Tensor reconstruction = cross_entropy(by_F_A[1].logits, y_a, o.class_weights);  // Eq. 4: there and back
  const Tensor synthetic = cross_entropy(labelled_p.logits, y_a, o.class_weights);      //   as target images
  const Tensor pseudo = cross_entropy(by_F_A[2].logits, pseudo_label);                  //   both agree
  const Tensor feature = feature_distance(real(real_p.conv3), synthetic_p.conv3)        // Eq. 5
                         + feature_distance(real(real_p.conv4), synthetic_p.conv4);
  const Tensor identity = cycle_loss(apply(G_AP, x_p, o.identity.teaches("G_AP")), x_p)  // not in the paper
                          + cycle_loss(apply(G_PA, x_a, o.identity.teaches("G_PA")), x_a);

  Objective objective{{}, {}, fake_p, fake_a, rec_a, rec_p};
  objective.total = sum({{o.adversarial.weight, adversarial},  // Eq. 6
                         {o.cycle.weight, cycle},
                         {o.source.weight, source},
                         {o.reconstruction.weight, reconstruction},
                         {o.synthetic.weight, synthetic},
                         {o.pseudo.weight, pseudo},
                         {o.feature.weight, feature},
                         {o.identity.weight, identity}});
  objective.terms = {
      {"adversarial", adversarial}, {"cycle", cycle},   {"source", source},   {"reconstruction", reconstruction},
      {"synthetic", synthetic},     {"pseudo", pseudo}, {"feature", feature}, {"identity", identity}};
  return objective;
}

Tensor TunaNet::discriminator_loss(const PatchDiscriminator& D, Tensor real, Tensor fake) const {
  const Tensors scores =
      split(D(concatenate({stop_gradient(real), stop_gradient(fake)})), {real.shape().n, fake.shape().n});
  const GanMode mode = options_.objective.gan;
  return 0.5 * (gan_real(scores[0], mode) + gan_fake(scores[1], mode));
}

std::vector<Classified> TunaNet::classify(const Classifier& F, const std::vector<Sight>& sights) const {
  const auto look = [&](Tensor image, bool learns) {
    if (learns) return F(image, options_.batch_norm);
    const NotLearning guard(*image.program);
    return F(image, options_.batch_norm);
  };
  const bool together = options_.batch_norm == BatchNormMode::frozen
                        && std::all_of(sights.begin(), sights.end(),
                                       [&](const Sight& sight) { return sight.learns == sights[0].learns; });
  std::vector<Classified> result;
  if (!together) {
    for (const Sight& sight : sights) result.push_back(look(sight.image, sight.learns));
    return result;
  }
  Tensors images;
  std::vector<int64_t> counts;
  for (const Sight& sight : sights) {
    images.push_back(sight.image);
    counts.push_back(sight.image.shape().n);
  }
  const Classified all = look(concatenate(images), sights[0].learns);
  const Tensors logits = split(all.logits, counts), conv3 = split(all.conv3, counts), conv4 = split(all.conv4, counts);
  for (size_t i = 0; i < sights.size(); ++i) result.push_back({logits[i], conv3[i], conv4[i]});
  return result;
}

}  // namespace tuna
