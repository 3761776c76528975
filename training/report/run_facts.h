// The facts of a run: images, seed, build, machine, time, warnings, spec.
#pragma once

#include <string>

#include "training/report/run_record.h"

namespace tuna {

/// HTML of the last section of a page.
std::string run_facts(const RunRecord& run);

}  // namespace tuna
