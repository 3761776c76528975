// Validation of a phase while it trains, with a warning if its network has collapsed.
#pragma once

#include "training/run/session.h"

namespace tuna {

class PhaseValidation {
 public:
  PhaseValidation(Session& session, const Validation& validation, State& state);

  /// Before the first step: keeps the norm of features in the session's progress, if a collapse is watched for and the
  /// network does not guess.
  void start();

  /// The figures of the validation.  Logs a warning if they mean a collapse and those before did not.  Throws NotFinite
  /// if an output of the network is not finite.
  nlohmann::json measure();

 private:
  ValidationOutputs outputs();
  void keep_norm(const ValidationOutputs& found);
  void warn_of_collapse(const nlohmann::json& measured);

  Session& session_;
  const Validation& validation_;
  Inference on_target_;
  std::unique_ptr<Inference> on_source_;
  bool collapsed_ = false;
};

}  // namespace tuna
