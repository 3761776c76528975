#include "data/splits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "data/checksum.h"
#include "data/strata.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

constexpr std::array kSplits = {"train", "validation", "test"};
using Fractions = std::array<double, kSplits.size()>;

/// The split of each patient, in ascending order: the one whose fraction of all images contains the middle of the
/// patient's.  A split with a fraction that would stay empty takes a patient of the largest one.
std::vector<size_t> cut_by_fractions(const std::vector<PatientImages*>& patients, const Fractions& fractions) {
  double total = 0, before = 0;
  for (const PatientImages* patient : patients) total += double(patient->images.size());
  std::array<size_t, kSplits.size()> sizes{};
  for (const PatientImages* patient : patients) {
    const double middle = (before + double(patient->images.size()) / 2) / total;
    before += double(patient->images.size());
    ++sizes[middle < fractions[0] ? 0 : middle < fractions[0] + fractions[1] ? 1 : 2];
  }
  for (size_t split = 0; split < sizes.size(); ++split) {
    const auto largest = std::max_element(sizes.begin(), sizes.end());
    if (fractions[split] == 0 || sizes[split] > 0 || *largest < 2) continue;
    --*largest;
    ++sizes[split];
  }
  std::vector<size_t> cut;
  for (size_t split = 0; split < sizes.size(); ++split) cut.insert(cut.end(), sizes[split], split);
  return cut;
}

}  // namespace

void assign_splits(std::vector<Sample>& samples, const SplitOptions& options) {
  const Fractions fractions{options.train, options.validation, options.test};
  for (const double fraction : fractions)
    check(fraction >= 0 && fraction <= 1, "splits: the fraction {} is not in 0 to 1", fraction);
  const double sum = options.train + options.validation + options.test;
  check(std::abs(sum - 1) < 1e-6, "splits: the fractions of train, validation and test sum to {}, not 1", sum);
  check_no_leak(samples);

  std::map<std::string, PatientImages> patients = group_by_patient(samples, options.unlabelled_domain);
  std::vector<PatientImages*> undecided;
  for (auto& [name, patient] : patients)
    if (patient.given_split.empty())
      undecided.push_back(&patient);
    else
      for (Sample* image : patient.images) image->split = patient.given_split;

  std::map<std::string, std::map<std::string, int64_t>> counts;  // [domain][split] of the images divided here
  for (const std::vector<PatientImages*>& members : shuffled_strata(undecided, options.seed, "split")) {
    const std::vector<size_t> cut = cut_by_fractions(members, fractions);
    for (size_t i = 0; i < members.size(); ++i)
      for (Sample* image : members[i]->images) {
        image->split = kSplits[cut[i]];
        ++counts[image->domain][image->split];
      }
  }

  for (auto& [domain, found] : counts)
    for (size_t split = 0; split < fractions.size(); ++split)
      check(fractions[split] == 0 || found[kSplits[split]] > 0,
            "splits: domain \"{}\" has too few patients for a {} split of {}", domain, kSplits[split],
            fractions[split]);
}

void check_no_leak(const std::vector<Sample>& samples) {
  std::map<std::string, const Sample*> first;
  for (const Sample& sample : samples) {
    if (sample.split.empty()) continue;
    const Sample& seen = *first.emplace(sample.patient, &sample).first->second;
    check(seen.split == sample.split, "splits: patient \"{}\" is in {} ({}) and in {} ({})", sample.patient, seen.split,
          seen.path.string(), sample.split, sample.path.string());
  }
}

uint64_t hash_of_splits(const std::vector<Sample>& samples) {
  uint64_t hash = fnv1a("");
  for (const Sample& sample : samples)
    for (const std::string& text :
         {sample.path.filename().string(), sample.domain, sample.label, sample.patient, sample.split})
      hash = fnv1a({text.c_str(), text.size() + 1}, hash);  // with the zero at its end
  return hash;
}

std::vector<Sample> select(const std::vector<Sample>& samples, const std::string& domain, const std::string& split) {
  std::vector<Sample> selected;
  std::copy_if(samples.begin(), samples.end(), std::back_inserter(selected),
               [&](const Sample& sample) { return sample.domain == domain && sample.split == split; });
  return selected;
}

}  // namespace tuna
