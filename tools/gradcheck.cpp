// `tuna gradcheck`: the gradients of every op, from the rows that the tests read, and those of the whole objective,
// against central differences in f64.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>

#include "engine/base/counted.h"
#include "tests/op_table/filter.h"
#include "tests/op_table/objective_check.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/message.h"

namespace tuna {
namespace {

struct Options {
  std::string filter;
  std::optional<uint64_t> seed;
  std::optional<double> eps, atol, rtol;

  GradientCheckOptions over(GradientCheckOptions defaults) const {
    return {seed.value_or(defaults.seed), eps.value_or(defaults.step), atol.value_or(defaults.absolute),
            rtol.value_or(defaults.relative), defaults.elements};
  }
};

std::string number_in_range(const std::string& text, bool with_zero) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const bool good = !text.empty() && *end == 0 && std::isfinite(number) && (with_zero ? number >= 0 : number > 0);
  return good ? "" : fmt::format("'{}' is not a number {} 0", text, with_zero ? "from" : "above");
}
std::string number_above_zero(const std::string& text) { return number_in_range(text, false); }
std::string number_from_zero(const std::string& text) { return number_in_range(text, true); }

// CLI11 would replace a number that is too large, or -1, by the largest of the type.
std::string whole_number(const std::string& text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool good = error == std::errc() && end == text.data() + text.size();
  return good ? "" : fmt::format("'{}' is not a whole number from 0 to {}", text, std::numeric_limits<uint64_t>::max());
}

constexpr const char* kObjective = "objective";

class GradientCheck {
 public:
  /// `check` returns one report per input; an Error is a failure of the row.
  template <class Check>
  void row(const std::string& name, Check check) {
    ++rows_;
    try {
      const std::vector<GradientReport> reports = check();
      if (reports.empty()) return;
      fmt::print("{}\n", name);
      bool good = true;
      for (const GradientReport& report : reports) {
        print(report);
        good &= report.ok();
      }
      inputs_ += reports.size();
      failed_ += !good;
    } catch (const Error& error) {
      fmt::print("{}\n  FAIL  {}\n", name, message_of(error));
      ++failed_;
    }
    std::fflush(stdout);
  }

  void finish(const std::string& filter) const {
    tuna::check(rows_ > 0, "gradcheck: FILTER '{}' matches no op or row", filter);
    tuna::check(failed_ == 0, "gradcheck: {} of {} disagree with finite differences (FAIL above)", failed_,
                counted(rows_, "row"));
    fmt::print("{} of {} agree with finite differences\n", counted(inputs_, "input"), counted(rows_, "row"));
  }

 private:
  static void print(const GradientReport& report) {
    fmt::print(
        "  {:<4}  {:<40} {:<16} worst of {:>3}: element {:>5}  analytic {:>16.9e}  numeric {:>16.9e}  error {:.1e}  "
        "allowed {:.1e}\n",
        report.ok() ? "ok" : "FAIL", report.input, to_string(report.shape), report.checked, report.element,
        report.analytic, report.numeric, report.error, report.allowed);
  }

  size_t rows_ = 0, inputs_ = 0, failed_ = 0;
};

void gradcheck(const Options& options) {
  std::vector<OpRow> rows = op_rows();
  std::stable_sort(rows.begin(), rows.end(), [](const OpRow& a, const OpRow& b) { return a.op < b.op; });
  std::vector<std::string> ops = {kObjective};
  for (const OpRow& row : rows) ops.push_back(row.op);
  const Filter filter(options.filter, ops);

  GradientCheck check;
  for (const OpRow& row : rows) {
    const std::string name = row.op + ": " + row.name;
    if (row.benchmark_only || !row.refusal.empty() || row.differences == 0 || !filter.passes(row.op, name)) continue;
    check.row(name, [&] { return check_gradients(row.build, options.over(gradient_check_options(row))); });
  }
  const std::string objective = fmt::format("{}: Eq. 6 of tiny networks", kObjective);
  if (filter.passes(kObjective, objective))
    check.row(objective, [&] { return check_objective_gradients(options.over(objective_check_options())); });
  check.finish(options.filter);
}

}  // namespace

void add_gradcheck(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "gradcheck",
      "Compares gradients with finite differences\n"
      "In f64 on the reference backend: each op, then the objective "
      "(Eq. 6) with every parameter of a tiny net. Per input it prints the worst element. Exit code 1 if any "
      "disagrees.");
  const auto options = std::make_shared<Options>();
  const GradientCheckOptions op, objective = objective_check_options();
  const auto both = [](double of_op, double of_objective) {
    return of_op == of_objective ? fmt::format("{:g}", of_op)
                                 : fmt::format("{:g}, and {:g} for the objective", of_op, of_objective);
  };
  command
      ->add_option("FILTER", options->filter,
                   "Part of an op's name, or a regular expression for \"op: row\"; 'objective' is Eq. 6")
      ->type_name("");
  command->add_option("--seed", options->seed, fmt::format("Seed of the values; default {}", op.seed))
      ->type_name("N")
      ->check(whole_number);
  command
      ->add_option("--eps", options->eps,
                   "Step, relative to the spread of the input; default " + both(op.step, objective.step))
      ->type_name("X")
      ->check(number_above_zero);
  command
      ->add_option("--atol", options->atol,
                   "Allowed error, relative to the largest gradient (at least 1) of the input; default "
                       + both(op.absolute, objective.absolute))
      ->type_name("X")
      ->check(number_from_zero);
  command
      ->add_option("--rtol", options->rtol,
                   "And relative to the element's own gradient; default " + both(op.relative, objective.relative))
      ->type_name("X")
      ->check(number_from_zero);
  command->footer(
      "Examples:\n"
      "  tuna gradcheck instance_norm\n"
      "  tuna gradcheck objective --seed 7");
  command->callback([options] { gradcheck(*options); });
}

}  // namespace tuna
