// The worst mistakes of a run's main classifier, with Grad-CAM.
#pragma once

#include <filesystem>

#include "training/report/evaluation_rows.h"
#include "training/report/result_tables.h"

namespace tuna {

/// The kinds of mistakes, and what their pictures show, as in the names of the files.
constexpr const char *kFalseNegative = "false-negative", *kFalsePositive = "false-positive";
constexpr const char *kSeenImage = "image", *kSeenTranslated = "translated", *kGradCam = "grad-cam";

/// "images/mistakes/false-negative-1-grad-cam.png", in a run's folder: of the worst, `rank` 1.
std::filesystem::path mistake_picture(const std::string& kind, size_t rank, const std::string& what);

/// Figures of the mistakes of which the run's folder has pictures; empty if it has none.
std::string worst_mistakes_figures(const std::vector<EvaluationRow>& rows, const TestImages& images,
                                   const std::filesystem::path& run);

}  // namespace tuna
