#include "training/run/phase_profile.h"

#include "kernels/limits/measured_limits.h"

namespace tuna {

void PhaseProfile::write(RunFolder& run, const Executable& step) const {
  if (profile_.runs() == 0) return run.log("no profile: it leaves out the first step, and there was no other");
  const std::filesystem::path table = run.path() / "profile.txt";
  if (std::filesystem::exists(table)) run.log("profile.txt and trace.json of an earlier call are replaced");
  run.write("profile.txt", profile_.table(step, measured_limits(step.target())));
  run.write("trace.json", profile_.chrome_trace(step));
  run.log("profile.txt and trace.json (for chrome://tracing) show where the time went");
}

}  // namespace tuna
