// The pictures of a run inside its page.
#pragma once

#include <string>

#include "training/report/run_record.h"

namespace tuna {

/// A figure with the picture as a data URI; a larger one than 32 MiB is named instead.
std::string picture_figure(const RunPicture& picture);

}  // namespace tuna
