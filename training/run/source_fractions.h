// The fractions of the classes among the source images of a phase: data.source_prior.
#pragma once

#include "training/run/session.h"

namespace tuna {

/// One per class; empty: as the images are.  With `estimate` the positive fraction is that of the target, estimated
/// from the predictions of `phase.prior_from` (training/evaluation/label_shift.h), and logged; as the images are if
/// that is not possible, or the phase has none.
std::vector<double> source_fractions(Session& session, const Phase& phase);

}  // namespace tuna
