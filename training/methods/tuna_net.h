// The joint phase: TUNA-Net's six networks trained together.
#pragma once

#include "training/session.h"

namespace tuna {

/// F_A begins as in `pretrained`, F_P as a copy of it; goes on from session.progress with `checkpoint` if that is not
/// empty.  Writes the networks of the last step to `result`.
void train_tuna_net(Session& session, const std::filesystem::path& pretrained, const std::filesystem::path& checkpoint,
                    const std::filesystem::path& result);

/// Steps of the joint phase, and of one epoch of it: as many as the larger domain needs, unless the spec says.
struct JointSteps {
  int64_t per_epoch, total;
};
JointSteps joint_steps(const Spec& spec, const RunData& data);

}  // namespace tuna
