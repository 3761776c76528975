#include "training/compare/time_left.h"

#include "training/methods/method.h"
#include "training/run/compute_device.h"

namespace tuna {

double operations_of(const ComparedRun& run) {
  double all = 0;
  for (const Phase& phase : method_of(run.spec).phases(run.spec, RunData(run.spec))) {
    Program program(activation_type(run.spec.precision));
    phase.record(program);
    double of_step = 0;
    for (const Step& step : program.steps()) {
      Types in, out;
      for (const uint32_t id : step.in) in.push_back(program.value(id).type);
      for (const uint32_t id : step.out) out.push_back(program.value(id).type);
      of_step += step.op->flops(in, out);
    }
    all += of_step * double(phase.steps());
  }
  return all;
}

void TimeLeft::add(const ComparedRun& run, double seconds) {
  done_ += operations(run);
  seconds_ += seconds;
}

double TimeLeft::seconds(const std::vector<ComparedRun>& runs) {
  if (done_ == 0) return 0;
  double all = 0;
  for (const ComparedRun& run : runs) all += operations(run);
  return all * seconds_ / done_;
}

double TimeLeft::operations(const ComparedRun& run) {
  const auto [found, is_new] = operations_.try_emplace(run.spec.name, 0);
  if (is_new) found->second = operations_of(run);
  return found->second;
}

}  // namespace tuna
