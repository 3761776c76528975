#include "training/evaluation/predictions_file.h"

#include "data/csv.h"
#include "engine/base/check.h"
#include "training/evaluation/decision.h"

namespace tuna {

std::string predictions_text(const std::vector<Sample>& samples, const Probabilities& probabilities, const Spec& spec,
                             const std::function<std::string(size_t)>& predicted) {
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < samples.size(); ++i) {
    const Sample& sample = samples[i];
    rows.push_back({sample.path.string(), sample.patient, sample.domain, sample.split, sample.label,
                    fmt::format("{:.9g}", score(probabilities, i, spec)), predicted(i)});
  }
  return csv_text({"path", "patient", "domain", "split", "label", "score", "prediction"}, rows);
}

}  // namespace tuna
