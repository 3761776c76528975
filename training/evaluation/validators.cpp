#include "training/evaluation/validators.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/base/check.h"
#include "training/spec/run_data.h"

namespace tuna {
namespace {

using Matrix = std::vector<std::vector<double>>;

// Rotates rows and columns p and q of a symmetric matrix so that m[p][q] becomes 0 (Jacobi).
void rotate(Matrix& m, size_t p, size_t q) {
  const double theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
  const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
  const double c = 1 / std::sqrt(t * t + 1), s = t * c;
  for (auto& row : m) {
    const double at_p = row[p], at_q = row[q];
    row[p] = c * at_p - s * at_q;
    row[q] = s * at_p + c * at_q;
  }
  for (size_t k = 0; k < m.size(); ++k) {
    const double at_p = m[p][k], at_q = m[q][k];
    m[p][k] = c * at_p - s * at_q;
    m[q][k] = s * at_p + c * at_q;
  }
}

// For the few classes of a classifier.
std::vector<double> eigenvalues_of_symmetric(Matrix m) {
  constexpr int kSweeps = 50;
  for (int sweep = 0; sweep < kSweeps; ++sweep)
    for (size_t p = 0; p < m.size(); ++p)
      for (size_t q = p + 1; q < m.size(); ++q)
        if (std::abs(m[p][q]) > 1e-15 * (std::abs(m[p][p]) + std::abs(m[q][q]))) rotate(m, p, q);
  std::vector<double> values;
  for (size_t i = 0; i < m.size(); ++i) values.push_back(m[i][i]);
  return values;
}

bool is_that_of_guesses(double entropy, int64_t classes) {
  constexpr double kOfGuesses = 0.99;
  return entropy > kOfGuesses * std::log(double(classes));
}

double agreement(const Probabilities& one, const Probabilities& other) {
  const size_t samples = one.values.size() / size_t(one.classes);
  size_t same = 0;
  for (size_t i = 0; i < samples; ++i) same += one.winner(i) == other.winner(i) ? 1 : 0;
  return double(same) / double(samples);
}

}  // namespace

nlohmann::json validation_auc(const ValidationOutputs& outputs, const std::vector<Sample>& samples, const Spec& spec) {
  return {{"validation_auc", auc(scores_of(outputs.probabilities, samples, spec))}};
}

nlohmann::json without_labels(const ValidationOutputs& outputs, const std::vector<Sample>& samples, const Spec& spec) {
  const Probabilities& probabilities = outputs.probabilities;
  const UnsupervisedValidators found = unsupervised_validators(probabilities.values, probabilities.classes);
  nlohmann::json measured = {{"target_entropy", found.entropy},
                             {"target_information", found.information},
                             {"target_bnm", batch_nuclear_norm(probabilities)}};
  if (samples.size() > 1) measured["target_snd"] = soft_neighbourhood_density(probabilities);
  if (outputs.features) {
    measured["feature_norm"] = mean_norm(*outputs.features);
    measured["feature_rank"] = participation_ratio(*outputs.features);
  }
  if (outputs.other) measured["agreement"] = agreement(probabilities, *outputs.other);
  if (outputs.source_validation) measured["source_auc"] = auc(*outputs.source_validation);
  if (RunData::labelled(samples).size() == samples.size() && RunData::both_kinds(samples, spec))
    measured["oracle_auc"] = auc(scores_of(probabilities, samples, spec));
  return measured;
}

std::string figure_of(Select select) {
  switch (select) {
    case Select::last:
      return "";
    case Select::source_auc:
      return "source_auc";
    case Select::entropy:
      return "target_entropy";
    case Select::information:
      return "target_information";
    case Select::snd:
      return "target_snd";
    case Select::bnm:
      return "target_bnm";
  }
  fail("select: unknown value");
}

double batch_nuclear_norm(const Probabilities& probabilities) {
  const auto classes = size_t(probabilities.classes), samples = probabilities.values.size() / classes;
  Matrix gram(classes, std::vector<double>(classes, 0.0));
  for (size_t i = 0; i < samples; ++i)
    for (size_t a = 0; a < classes; ++a)
      for (size_t b = 0; b < classes; ++b)
        gram[a][b] += probabilities.of(i, int64_t(a)) * probabilities.of(i, int64_t(b));
  double sum = 0;
  for (const double value : eigenvalues_of_symmetric(gram)) sum += std::sqrt(std::max(value, 0.0));
  return sum / double(samples);
}

double soft_neighbourhood_density(const Probabilities& probabilities) {
  constexpr double kTemperature = 0.05;
  const auto classes = size_t(probabilities.classes), samples = probabilities.values.size() / classes;
  check(samples > 1, "soft_neighbourhood_density: {} samples, at least 2 are needed", samples);
  std::vector<double> unit = probabilities.values;
  for (size_t i = 0; i < samples; ++i) {
    double* row = &unit[i * classes];
    const double norm = std::sqrt(std::inner_product(row, row + classes, row, 0.0));
    for (size_t k = 0; k < classes; ++k) row[k] /= norm;
  }
  double entropies = 0;
  std::vector<double> similar(samples);
  for (size_t i = 0; i < samples; ++i) {
    double total = 0;  // the largest exponent is 1 / kTemperature, that of equal rows
    for (size_t j = 0; j < samples; ++j) {
      const double cosine =
          std::inner_product(&unit[i * classes], &unit[i * classes] + classes, &unit[j * classes], 0.0);
      similar[j] = i == j ? 0 : std::exp((cosine - 1) / kTemperature);
      total += similar[j];
    }
    for (const double each : similar)
      if (each > 0) entropies -= each / total * std::log(each / total);
  }
  return entropies / double(samples);
}

double mean_norm(const SampleValues& features) {
  double sum = 0;
  for (size_t i = 0; i < features.samples(); ++i) {
    double squares = 0;
    for (int64_t k = 0; k < features.width; ++k) squares += features.of(i, k) * features.of(i, k);
    sum += std::sqrt(squares);
  }
  return sum / double(features.samples());
}

// The trace of the covariance C is the sum of its eigenvalues, that of C C the sum of their squares; the latter is the
// sum of the squares of all elements of C.
double participation_ratio(const SampleValues& features) {
  const size_t samples = features.samples(), width = size_t(features.width);
  std::vector<double> mean(width, 0.0), covariance(width * width, 0.0), centred(width);
  for (size_t i = 0; i < samples; ++i)
    for (size_t k = 0; k < width; ++k) mean[k] += features.of(i, int64_t(k)) / double(samples);
  for (size_t i = 0; i < samples; ++i) {
    for (size_t k = 0; k < width; ++k) centred[k] = features.of(i, int64_t(k)) - mean[k];
    for (size_t a = 0; a < width; ++a)
      for (size_t b = 0; b < width; ++b) covariance[a * width + b] += centred[a] * centred[b];
  }
  double trace = 0, squares = 0;
  for (size_t k = 0; k < width; ++k) trace += covariance[k * width + k];
  for (const double element : covariance) squares += element * element;
  return squares > 0 ? trace * trace / squares : 0;
}

std::string collapse_of(const nlohmann::json& measured, std::optional<double> norm_at_first, int64_t classes) {
  if (!norm_at_first) return "";
  constexpr double kOfFirst = 0.1;
  if (measured.contains("feature_norm")) {
    const double norm = measured["feature_norm"];
    if (norm < kOfFirst * *norm_at_first)
      return fmt::format("the mean norm of its features is {:.3g}, and was {:.3g} at first", norm, *norm_at_first);
  }
  if (measured.contains("target_entropy") && is_that_of_guesses(measured["target_entropy"], classes))
    return fmt::format("the mean entropy of its outputs is {:.4f}, that of random guesses {:.4f}",
                       measured["target_entropy"].get<double>(), std::log(double(classes)));
  return "";
}

bool is_guessing(const Probabilities& probabilities) {
  return is_that_of_guesses(unsupervised_validators(probabilities.values, probabilities.classes).entropy,
                            probabilities.classes);
}

}  // namespace tuna
