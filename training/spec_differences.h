// What is different in two specs, key by key.
#pragma once

#include <string>
#include <vector>

#include "training/spec.h"

namespace tuna {

/// "train.epochs: 1 -> 2" for each key whose value is not the same.
std::vector<std::string> differences(const Spec& before, const Spec& now);

}  // namespace tuna
