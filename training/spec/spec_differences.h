// How two specs differ, key by key.
#pragma once

#include <string>
#include <vector>

#include "training/spec/spec.h"

namespace tuna {

struct Difference {
  std::string key;          // "train.epochs"
  std::string before, now;  // as in JSON; "nothing" if a list is shorter

  std::string text() const { return key + ": " + before + " -> " + now; }

  /// Whether the key is this one, or below it.
  bool is_at(const std::string& path) const { return key == path || key.rfind(path + ".", 0) == 0; }
};

std::vector<Difference> differences(const Spec& before, const Spec& now);

}  // namespace tuna
