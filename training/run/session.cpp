#include "training/run/session.h"

#include <algorithm>
#include <cmath>

#include "kernels/optimizer/loss_scale.h"
#include "training/run/stop_signal.h"

namespace tuna {

// The loss scale of fp16 is found by overflows, so only those at the smallest scale are a failure.
static int64_t patience(Precision precision) {
  const LossScaleRule rule;
  const auto halvings = int64_t(std::log2(rule.largest / rule.smallest));
  return precision == Precision::fp16 ? 10 + halvings : 10;
}

void Session::count_skipped(const std::vector<std::pair<std::string, bool>>& finite,
                            const std::vector<std::string>& files, const std::string& losses) {
  bool all = true;
  for (const auto& [optimizer, made] : finite) {
    if (made) continue;
    all = false;
    ++progress.skipped[optimizer];
    console.end();
    run.log(fmt::format("{} step {}: not finite, {} left out ({}; images {})", progress.phase, progress.step + 1,
                        optimizer, losses, fmt::join(files, ", ")));
  }
  progress.not_finite_in_a_row = all ? 0 : progress.not_finite_in_a_row + 1;
  if (progress.not_finite_in_a_row >= patience(spec.precision))
    diverged(fmt::format("{} steps in a row were not finite", progress.not_finite_in_a_row));
}

void Session::check_finite(const Probabilities& probabilities, const std::string& net) {
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!std::all_of(probabilities.values.begin(), probabilities.values.end(), finite))
    diverged(fmt::format("{} step {}: the output of {} on validation images is not finite", progress.phase,
                         progress.step, net));
}

void Session::diverged(const std::string& what) {
  console.end();
  report.write();
  const std::filesystem::path good = newest_checkpoint(run.checkpoints(), progress.phase);
  throw NotFinite(good.empty() ? what + "; there is no checkpoint yet"
                               : fmt::format("{}; the last good checkpoint is {}", what, good.string()));
}

int64_t Session::updates(const std::string& optimizer, int64_t steps) const {
  const auto of_optimizer = [&](const std::map<std::string, int64_t>& counts) {
    const auto found = counts.find(optimizer);
    return found == counts.end() ? 0 : found->second;
  };
  return steps - of_optimizer(progress.skipped) - of_optimizer(progress.gated);
}

void Session::log_skipped() {
  for (const auto& [optimizer, count] : progress.skipped)
    run.log(fmt::format("{}: {} left out {} of {} steps, which were not finite", progress.phase, optimizer, count,
                        progress.step));
  for (const auto& [optimizer, count] : progress.gated) {
    const std::string line =
        fmt::format("{}: {} made {} updates in {} steps, as its gate was closed in {}", progress.phase, optimizer,
                    updates(optimizer, progress.step), progress.step, count);
    if (updates(optimizer, progress.step) > 0)
      run.log(line);
    else
      run.warn(line);
  }
}

void Session::save(const State& state) {
  const auto order = &find_phase(phases, progress.phase) - phases.data() + 1;
  run.sync_lines();
  progress.metrics_lines = run.metrics_lines();
  save_checkpoint(run.checkpoints(), run.files(), int(order), state, progress, int(spec.log.keep));
}

std::filesystem::path Session::result_of(const std::string& phase) const {
  return run.path() / find_phase(phases, phase).result;
}

void Session::leave_if_asked(const State& state) {
  if (!StopSignal::requested()) return;
  console.end();
  save(state);
  report.write();
  throw Interrupted(fmt::format("stopped at {} step {}, which is saved; {}", progress.phase, progress.step,
                                how_to_continue(run.path())));
}

}  // namespace tuna
