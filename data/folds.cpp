#include "data/folds.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "data/splits.h"
#include "data/strata.h"
#include "engine/base/check.h"
#include "engine/base/counted.h"

namespace tuna {
namespace {

/// Images of each fold, of all patients and of one stratum.
struct FoldSizes {
  std::vector<size_t> all, stratum;

  /// The fold with the fewest images of the stratum; of equal ones that with the fewest of all, and the first.
  size_t smallest() const {
    size_t best = 0;
    for (size_t fold = 1; fold < all.size(); ++fold)
      if (std::pair(stratum[fold], all[fold]) < std::pair(stratum[best], all[best])) best = fold;
    return best;
  }
};

void deal(const std::vector<PatientImages*>& patients, const FoldOptions& options) {
  FoldSizes sizes{std::vector<size_t>(size_t(options.folds)), {}};
  for (const std::vector<PatientImages*>& members : shuffled_strata(patients, options.seed, "fold")) {
    sizes.stratum.assign(size_t(options.folds), 0);
    for (const PatientImages* patient : members) {
      const size_t fold = sizes.smallest();
      sizes.all[fold] += patient->images.size();
      sizes.stratum[fold] += patient->images.size();
      for (Sample* image : patient->images) image->columns[kFoldColumn] = std::to_string(fold + 1);
    }
  }
}

/// Throws Error, naming the first fold without images of a kind.
void check_complete(const std::vector<PatientImages*>& patients, const FoldOptions& options) {
  struct Kind {
    std::set<std::string> folds, patients;
  };
  std::map<std::string, Kind> kinds;
  for (const PatientImages* patient : patients)
    for (const Sample* image : patient->images) {
      std::vector<std::string> of_image{fmt::format("domain \"{}\" has", image->domain)};
      if (image->domain != options.unlabelled_domain)
        of_image.push_back(fmt::format("class \"{}\" of domain \"{}\" has", image->label, image->domain));
      for (const std::string& kind : of_image) {
        kinds[kind].folds.insert(image->columns.at(kFoldColumn));
        kinds[kind].patients.insert(image->patient);
      }
    }
  for (const auto& [name, kind] : kinds)
    for (int64_t fold = 1; fold <= options.folds; ++fold)
      check(kind.folds.count(std::to_string(fold)) > 0, "folds: {} {}, which leaves fold {} of {} empty", name,
            counted(kind.patients.size(), "patient"), fold, options.folds);
}

/// 0 for test images, which are in no fold.
int64_t fold_of(const Sample& sample) {
  if (sample.split == "test") return 0;
  const auto column = sample.columns.find(kFoldColumn);
  const std::string text = column == sample.columns.end() ? "" : column->second;
  int64_t fold = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, fold);
  check(parsed.ec == std::errc() && parsed.ptr == end && fold >= 1,
        "folds: {}: fold \"{}\", expected a number from 1, as the split is not test", sample.path.string(), text);
  return fold;
}

std::string name_of(int64_t fold) { return fold == 0 ? "the test split" : fmt::format("fold {}", fold); }

}  // namespace

void assign_folds(std::vector<Sample>& samples, const FoldOptions& options) {
  check(options.folds >= 2, "folds: {}, expected 2 or more", options.folds);
  check_no_leak(samples);
  std::map<std::string, PatientImages> patients = group_by_patient(samples, options.unlabelled_domain);
  std::vector<PatientImages*> dealt;
  for (auto& [name, patient] : patients) {
    const std::string split = patient.given_split == "test" ? "test" : "";
    for (Sample* image : patient.images) {
      image->split = split;
      image->columns[kFoldColumn].clear();
    }
    if (split.empty()) dealt.push_back(&patient);
  }
  check(!dealt.empty(), "folds: all images are test images, none is left to divide");
  deal(dealt, options);
  check_complete(dealt, options);
}

int64_t count_folds(const std::vector<Sample>& samples) {
  const bool any = std::any_of(samples.begin(), samples.end(), [](const Sample& sample) {
    const auto column = sample.columns.find(kFoldColumn);
    return column != sample.columns.end() && !column->second.empty();
  });
  if (!any) return 0;
  int64_t folds = 0;
  std::map<std::string, const Sample*> first;
  for (const Sample& sample : samples) {
    const int64_t fold = fold_of(sample);
    folds = std::max(folds, fold);
    const Sample& seen = *first.emplace(sample.patient, &sample).first->second;
    check(fold_of(seen) == fold, "folds: patient \"{}\" is in {} ({}) and in {} ({})", sample.patient,
          name_of(fold_of(seen)), seen.path.string(), name_of(fold), sample.path.string());
  }
  return folds;
}

void use_fold(std::vector<Sample>& samples, int64_t fold, const std::string& target) {
  const int64_t folds = count_folds(samples);
  check(fold >= 1 && fold <= folds, "folds: fold {}, expected 1 to {}", fold, folds);
  const bool is_tested = std::none_of(samples.begin(), samples.end(), [&](const Sample& sample) {
    return sample.domain == target && fold_of(sample) == 0;
  });
  check(folds > (is_tested ? 2 : 1), "folds: {} leave none to train on; expected at least {}{}", counted(folds, "fold"),
        is_tested ? 3 : 2, is_tested ? ", as one is tested on and one validated on" : "");
  const int64_t validated = is_tested ? fold % folds + 1 : fold;
  for (Sample& sample : samples) {
    const int64_t own = fold_of(sample);
    sample.split = own == 0 || (is_tested && own == fold) ? "test" : own == validated ? "validation" : "train";
    sample.columns.erase(kFoldColumn);
  }
}

}  // namespace tuna
