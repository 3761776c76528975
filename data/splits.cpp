#include "data/splits.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/check.h"
#include "engine/random.h"

namespace tuna {
namespace {

struct Patient {
  std::string given_split;
  std::vector<Sample*> images;
  std::set<std::string> kinds;  ///< "domain label" of each image; patients with the same set are split together
};

/// By name, so that the order of the samples does not matter.
std::map<std::string, Patient> group_by_patient(std::vector<Sample>& samples, const std::string& unlabelled_domain) {
  std::map<std::string, Patient> patients;
  for (Sample& sample : samples) {
    Patient& patient = patients[sample.patient];
    patient.images.push_back(&sample);
    if (!sample.split.empty()) patient.given_split = sample.split;
    patient.kinds.insert(sample.domain == unlabelled_domain ? sample.domain : sample.domain + " " + sample.label);
  }
  return patients;
}

}  // namespace

void assign_splits(std::vector<Sample>& samples, const SplitOptions& options) {
  for (const double fraction : {options.train, options.validation, options.test})
    check(fraction >= 0 && fraction <= 1, "splits: the fraction {} is not in 0 to 1", fraction);
  const double sum = options.train + options.validation + options.test;
  check(std::abs(sum - 1) < 1e-6, "splits: the fractions of train, validation and test sum to {}, not 1", sum);
  check_no_leak(samples);

  std::map<std::string, Patient> patients = group_by_patient(samples, options.unlabelled_domain);
  std::map<std::set<std::string>, std::vector<Patient*>> strata;
  for (auto& [name, patient] : patients)
    if (patient.given_split.empty())
      strata[patient.kinds].push_back(&patient);
    else
      for (Sample* image : patient.images) image->split = patient.given_split;

  std::map<std::string, std::map<std::string, int64_t>> counts;  // [domain][split] of what is divided here
  for (auto& [kinds, members] : strata) {
    std::string stream = "split";
    for (const std::string& kind : kinds) stream += "/" + kind;
    Random(options.seed, stream).shuffle(members);

    double total = 0, before = 0;
    for (const Patient* patient : members) total += double(patient->images.size());
    for (Patient* patient : members) {
      const double middle = (before + double(patient->images.size()) / 2) / total;
      before += double(patient->images.size());
      const char* split = middle < options.train                        ? "train"
                          : middle < options.train + options.validation ? "validation"
                                                                        : "test";
      for (Sample* image : patient->images) {
        image->split = split;
        ++counts[image->domain][split];
      }
    }
  }

  const std::pair<const char*, double> wanted[] = {
      {"train", options.train}, {"validation", options.validation}, {"test", options.test}};
  for (auto& [domain, found] : counts)
    for (const auto& [split, fraction] : wanted)
      check(fraction == 0 || found[split] > 0, "splits: domain \"{}\" has too few patients for a {} split of {}",
            domain, split, fraction);
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

std::vector<Sample> select(const std::vector<Sample>& samples, const std::string& domain, const std::string& split) {
  std::vector<Sample> selected;
  std::copy_if(samples.begin(), samples.end(), std::back_inserter(selected),
               [&](const Sample& sample) { return sample.domain == domain && sample.split == split; });
  return selected;
}

}  // namespace tuna
