// The style sheet of pages.
#pragma once

namespace tuna {

/// Classes s0 to s5 are the styles of series: colours of equal weight that colour-blind readers distinguish (after
/// Okabe and Ito, 2008), each with a dash pattern of its own for print.
extern const char* const kStyle;

}  // namespace tuna
