// Specs of several methods with the same settings.
#pragma once

#include <string>
#include <vector>

#include "training/spec/spec.h"

namespace tuna {

/// Each setting ("generator.ngf=32") changes the specs that have its key, or all if none has it.  Throws Error as
/// parse_spec() does.
std::vector<Spec> parse_specs(const std::vector<SpecText>& texts, const std::vector<std::string>& settings);

}  // namespace tuna
