// The page of a comparison.
#pragma once

#include <string>

#include "training/compare/results.h"
#include "training/report/page.h"

namespace tuna {

/// The text of FOLDER/report.html.  Of a comparison that is not finished it shows what there is.
std::string comparison_page(const ComparisonResults& results, PagePictures pictures = PagePictures::with);

}  // namespace tuna
