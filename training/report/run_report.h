// The page of one run.
#pragma once

#include <string>

#include "training/report/page.h"
#include "training/report/run_record.h"

namespace tuna {

/// The text of report.html.  Of a run that is not finished it shows what there is.
std::string run_report(const RunRecord& run, PagePictures pictures = PagePictures::with);

}  // namespace tuna
