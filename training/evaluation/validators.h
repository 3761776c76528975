// Figures of validation images during training: for the choice of weights, and for the detection of a collapse.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "training/evaluation/evaluate.h"
#include "training/evaluation/predictor.h"

namespace tuna {

/// The outputs of a validation's networks on its images.
struct ValidationOutputs {
  Probabilities probabilities;                        // of the network that trains
  std::optional<SampleValues> features = {};          // pooled, the input of its last layer
  std::optional<Probabilities> other = {};            // of the classifier that it is compared with
  std::optional<Predictions> source_validation = {};  // its scores of the source's validation images
};

/// {"validation_auc"}: of labelled images.
nlohmann::json validation_auc(const ValidationOutputs& outputs, const std::vector<Sample>& samples, const Spec& spec);

/// Measured without labels of the target, as far as `outputs` has what they need: target_entropy, target_information,
/// target_bnm, target_snd (unsupervised_validators() and the functions below); feature_norm, feature_rank; agreement,
/// the fraction of images that both classifiers assign to the same class; source_auc.  With labels, if all images of
/// both kinds have them, and never used for a choice: oracle_auc.
nlohmann::json without_labels(const ValidationOutputs& outputs, const std::vector<Sample>& samples, const Spec& spec);

/// The criterion for the weights that a phase leaves, without labels of the target (compared by Musgrave et al., 2022).
enum class Select { last, source_auc, entropy, information, snd, bnm };

/// The field list's part of a key `select`.
template <class Fields>
void select_field(Fields& field, Select& select) {
  field("select", select,
        "Which weights are kept: the last, or those of the validation at which the classifier has the largest AUC on "
        "source validation images (source_auc), or on the target's, without their labels, the smallest entropy, or the "
        "largest information, soft neighbourhood density (snd) or batch nuclear norm (bnm).",
        Choices<Select>{{{"last", Select::last},
                         {"source_auc", Select::source_auc},
                         {"entropy", Select::entropy},
                         {"information", Select::information},
                         {"snd", Select::snd},
                         {"bnm", Select::bnm}}});
}

/// The figure of without_labels() that `select` goes by; empty for `last`.
std::string figure_of(Select select);

/// Batch nuclear norm (Cui et al., CVPR 2020): the sum of the singular values of the probabilities [N, classes], over
/// N. Larger: confident, and not always in one class.
double batch_nuclear_norm(const Probabilities& probabilities);

/// Soft neighbourhood density (Saito et al., ICCV 2021): the mean entropy of each sample's similarities to all others,
/// a softmax of cosines over 0.05.  Larger: samples have many near neighbours.  probabilities: [N, classes], N > 1.
double soft_neighbourhood_density(const Probabilities& probabilities);

/// Mean L2 norm of the samples' features.
double mean_norm(const SampleValues& features);

/// The number of directions in which features vary, as the participation ratio of the eigenvalues of their covariance:
/// (sum of them)^2 / (sum of their squares); 0 if they do not vary.
double participation_ratio(const SampleValues& features);

/// A sentence if what was measured means that the network no longer distinguishes its images: its entropy is that of
/// random guesses, or features have lost nine tenths of their norm `at_first`.  Otherwise empty, and so without
/// `at_first`: a network that has not distinguished images yet cannot lose that.
std::string collapse_of(const nlohmann::json& measured, std::optional<double> norm_at_first, int64_t classes);

/// Whether the mean entropy of these probabilities is that of random guesses.
bool is_guessing(const Probabilities& probabilities);

}  // namespace tuna
