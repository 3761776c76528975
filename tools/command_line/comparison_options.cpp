#include "tools/command_line/comparison_options.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/base/print_error.h"
#include "engine/base/strict_json.h"
#include "engine/base/utf8.h"
#include "tools/command_line/page_pictures.h"
#include "tools/command_line/shell.h"
#include "training/compare/comparison_page.h"
#include "training/compare/results_text.h"
#include "training/compare/run_comparison.h"
#include "training/run/session.h"

namespace tuna {

void ComparisonOptions::add_to(CLI::App& command) {
  constexpr int kMost = 1000;
  command.add_option("--out", out, "Folder of the comparison, a new one or one to continue")
      ->type_name("FOLDER")
      ->required();
  command.add_option("--folds", folds, "Cross-validation with N folds by patient; default: none, one fixed test part")
      ->type_name("N")
      ->check(CLI::Range(2, kMost).description(""));
  command.add_option("--seeds", seeds, "Trains with N seeds, from the spec's on; default: 1")
      ->type_name("N")
      ->check(CLI::Range(1, kMost).description(""));
  command.add_option("--only", only, "Trains these runs alone, as --print-commands names them")->type_name("RUN");
  CLI::Option* root =
      command
          .add_option(
              "--data-root", data_root,
              "Folder that relative paths of the images start at, also those of a comparison whose images have moved")
          ->type_name("FOLDER");
  add_device(command, device);
  command.add_flag("--print-commands", print_commands,
                   "Trains nothing, but prints a command for each unfinished run, for a job array");
  command.add_flag("--report", report, "Trains and adds nothing, but collects the results that exist")->excludes(root);
  add_without_pictures(command, without_pictures);
}

ComparisonRequest ComparisonOptions::request() const {
  ComparisonRequest request;
  if (folds > 0) request.folds = folds;
  if (seeds > 0) request.seeds = seeds;
  request.data_root = data_root;
  request.only_collects = report;
  return request;
}

namespace {

// For commands that another shell runs, which may not find it in its PATH.
std::string this_program() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "tuna" : program.string();
}

// Of unfinished runs; those that cannot be trained are named in an Error at the end.
void print_commands(const Comparison& comparison, const std::vector<ComparedRun>& runs, const std::string& device) {
  std::vector<std::string> failed;
  for (const ComparedRun& run : runs) try {
      if (state_of(run) != RunState::finished)
        fmt::print("{} compare --out {} --only {}{}\n", in_shell(this_program()), in_shell(comparison.folder.string()),
                   in_shell(run.name()), device.empty() ? "" : " --device " + device);
    } catch (const Error& error) {
      print_error("{}: {}\n", run.name(), one_line(error.what()));
      failed.push_back(run.name());
    }
  check(failed.empty(), "{}: no command for {}", comparison.folder.string(), fmt::join(failed, ", "));
}

// Of all specs that the comparison has by now: another process may have added some.  Returns how many finished runs are
// left out.
size_t write_results(const std::filesystem::path& folder, bool without_pictures) {
  const ComparisonResults results = read_results(read_comparison(folder));
  for (const std::string& problem : results.problems) print_error("warning: {}\n", one_line(problem));
  write_file_atomically(folder / "results.json", print_json(to_json(results)));
  write_file_atomically(folder / "report.html", comparison_page(results, without_pictures_if(without_pictures)));
  fmt::print("{}\n{}\n{}\n", to_table(results), in_words(results), (folder / "report.html").string());
  return results.problems.size();
}

void write_all_results(const std::filesystem::path& folder, bool without_pictures) {
  const size_t left_out = write_results(folder, without_pictures);
  check(left_out == 0, "{}: finished runs that are left out of the results, for the reasons above: {}", folder.string(),
        left_out);
}

}  // namespace

void run_comparison(const Comparison& comparison, const ComparisonOptions& options) {
  std::vector<ComparedRun> runs;
  for (const std::string& name : options.only) runs.push_back(comparison.find_run(name));
  if (runs.empty()) runs = comparison.runs();
  if (options.print_commands) return print_commands(comparison, runs, options.device);
  if (options.report) return write_all_results(comparison.folder, options.without_pictures);
  try {
    train_runs(comparison, runs, options.device);
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception&) {  // of some runs: those that are finished have results
    write_results(comparison.folder, options.without_pictures);
    throw;
  }
  write_all_results(comparison.folder, options.without_pictures);
}

}  // namespace tuna
