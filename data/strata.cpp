#include "data/strata.h"

#include "engine/base/random.h"

namespace tuna {

std::map<std::string, PatientImages> group_by_patient(std::vector<Sample>& samples,
                                                      const std::string& unlabelled_domain) {
  std::map<std::string, PatientImages> patients;
  for (Sample& sample : samples) {
    PatientImages& patient = patients[sample.patient];
    patient.images.push_back(&sample);
    if (!sample.split.empty()) patient.given_split = sample.split;
    patient.kinds.insert(sample.domain == unlabelled_domain ? sample.domain : sample.domain + " " + sample.label);
  }
  return patients;
}

std::vector<std::vector<PatientImages*>> shuffled_strata(const std::vector<PatientImages*>& patients, uint64_t seed,
                                                         std::string_view stream) {
  std::map<std::set<std::string>, std::vector<PatientImages*>> by_kinds;
  for (PatientImages* patient : patients) by_kinds[patient->kinds].push_back(patient);
  std::vector<std::vector<PatientImages*>> strata;
  for (auto& [kinds, members] : by_kinds) {
    std::string name(stream);
    for (const std::string& kind : kinds) name += "/" + kind;
    Random(seed, name).shuffle(members);
    strata.push_back(std::move(members));
  }
  return strata;
}

}  // namespace tuna
