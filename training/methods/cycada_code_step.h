// The pixel stage of CyCADA as its authors' code has it, which differs from their paper (jhoffman's
// cycle_gan_semantic_model.py): a classifier CLS that learns from real source images in the same steps takes the place
// of the fixed F_A.
#pragma once

#include "training/methods/joint_step.h"

namespace tuna {

/// Its decay rates are those of the generators' optimizer.
constexpr const char* kOptimizerOfCls = "optimizer_CLS";

/// The terms of the generators that differ: G_AP's adversarial loss counts twice, and the semantic term is the
/// cross-entropy of CLS on G_AP(x_a) with the labels of x_a and on G_PA(x_p) with the classes that CLS gives x_p.  It
/// is 0 in the first step, and unless the loss of CLS in the step before was below 1.
std::map<std::string, RecordTerm> terms_of_cycada_code();

/// record_joint_step() with these terms, then the update of CLS on x_a and y_a.  `joint` has the classifier CLS and
/// these terms.  Inputs and outputs besides those: optimizer_CLS.schedule; loss.CLS, optimizer_CLS.finite.
void record_cycada_code_step(Program& program, const Joint& joint, const Task& task);

}  // namespace tuna
