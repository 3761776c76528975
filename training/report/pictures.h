// The pictures of a run inside its page.
#pragma once

#include <string>

#include "training/report/run_record.h"

namespace tuna {

/// An img element with the picture as a data URI; empty if the file does not exist or is larger than 32 MiB.
std::string embedded_picture(const std::filesystem::path& file, const std::string& alt);

/// A figure with the picture as a data URI; a larger one than 32 MiB is named instead.  `of` begins its id, on a page
/// with pictures of several runs.
std::string picture_figure(const RunPicture& picture, const std::string& of = "");

}  // namespace tuna
