// Text for pictures, in the bitmap font of stb_easy_font.
#pragma once

#include <string>

#include "data/image.h"

namespace tuna {

/// Lines of black text on white, as large as the text.  `scale`: image pixels per pixel of the font, whose lines are 12
/// high.  The font has only ASCII: every other character is shown as "?".
Image caption(const std::string& text, int64_t scale, int64_t channels);

/// A line, cut with "..." if it would be wider than `width` pixels.
std::string fit_caption(const std::string& line, int64_t width, int64_t scale);

}  // namespace tuna
