// What separates the classes of the test images and is not the disease.
#pragma once

#include <string>

#include "training/report/evaluation_rows.h"
#include "training/report/result_tables.h"

namespace tuna {

/// A table, or the reason why none was measured; empty for evaluations of earlier versions.  `run`: its name, where the
/// page is of several.
std::string trivial_features_table(const TrivialFeatures& features, const TestImages& images,
                                   const std::string& run = "");

}  // namespace tuna
