#include "training/run/report_file.h"

#include <system_error>

#include "engine/base/check.h"
#include "engine/base/reason.h"
#include "training/report/run_report.h"

namespace tuna {

void ReportFile::write(Durable durable) {
  const Clock::time_point begin = Clock::now();
  std::string warning;
  try {
    const std::string page = run_report(read_run(run_.path()));
    run_.files().add(run_.report());
    write_file_atomically(run_.report(), page, durable);
  } catch (const Error& error) {
    warning = error.what();
  } catch (const std::system_error& error) {
    warning = reason_of(error);
  }
  if (!warning.empty() && warning != warning_) run_.log("warning: no report: " + warning);
  warning_ = warning;
  constexpr int kShare = 50;
  not_before_ = Clock::now() + kShare * (Clock::now() - begin);
}

void ReportFile::refresh() {
  if (Clock::now() >= not_before_) write(Durable::no);
}

}  // namespace tuna
