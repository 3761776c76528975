#include "training/methods/target_validation.h"

#include "training/evaluation/validators.h"

namespace tuna {

Validation target_validation(const TargetClassifier& classifier, Select select, const std::string& if_collapsed,
                             const RunData& data) {
  Validation validation{classifier.network, classifier.logits, data.target("validation"), without_labels,
                        figure_of(select)};
  validation.smallest_is_best = select == Select::entropy;
  validation.features = classifier.features;
  validation.other = classifier.other;
  validation.if_collapsed = if_collapsed;
  if (select == Select::source_auc) {
    validation.source_logits = classifier.source_logits;
    validation.source_samples = data.source("validation");
  }
  return validation;
}

}  // namespace tuna
