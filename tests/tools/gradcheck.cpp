#include "tests/catch.h"
#include "tests/op_table/objective_check.h"
#include "tests/tools/command.h"

namespace tuna {

TEST_CASE("gradcheck prints the worst element of each input", "[command_line]") {
  const TemporaryFolder folder;
  const Finished finished = run_tuna(folder, "gradcheck add");
  CHECK(finished.code == 0);
  for (const char* part : {"add: two tensors", "input0", "analytic", "numeric", "agree with finite differences"})
    CHECK(finished.out.find(part) != std::string::npos);
}

TEST_CASE("gradcheck fails where gradients disagree", "[command_line]") {
  const TemporaryFolder folder;
  const Finished finished = run_tuna(folder, "gradcheck tanh --eps 0.1 --atol 0 --rtol 0");
  CHECK(finished.code == 1);
  CHECK(finished.out.find("FAIL") != std::string::npos);
  CHECK(is_one_message(finished.error));
}

TEST_CASE("gradient of Eq. 6, every parameter tensor of a tiny net", "[objective]") {
  GradientCheckOptions options = objective_check_options();
  options.elements = 1;
  const std::vector<GradientReport> reports = check_objective_gradients(options);
  CHECK(reports.size() > 100);
  int64_t flat = 0;
  for (const GradientReport& report : reports) {
    INFO(report.input << " element " << report.element << ": analytic " << report.analytic << ", numeric "
                      << report.numeric << ", allowed " << report.allowed);
    CHECK(report.ok());
    flat += report.numeric == 0;
  }
  CHECK(flat < int64_t(reports.size()) / 2);
}

}  // namespace tuna
