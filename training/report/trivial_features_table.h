// What separates the classes of the test images and is not the disease.
#pragma once

#include <string>

#include "training/report/evaluation_rows.h"
#include "training/report/result_tables.h"

namespace tuna {

/// A table, or the reason why none was measured; empty for evaluations of earlier versions.
std::string trivial_features_table(const TrivialFeatures& features, const TestImages& images);

}  // namespace tuna
