// What separates the classes of the test images and is not the disease.
#pragma once

#include <string>

#include "training/report/evaluation_rows.h"
#include "training/report/result_tables.h"

namespace tuna {

/// A table, or why there is none; empty if nothing is known.
std::string trivial_features_table(const TrivialFeatures& features, const TestImages& images);

}  // namespace tuna
