#include "tools/command_line/comparison_options.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/base/strict_json.h"
#include "tools/command_line/page_pictures.h"
#include "tools/command_line/shell.h"
#include "training/compare/comparison_page.h"
#include "training/compare/results_text.h"
#include "training/compare/run_comparison.h"

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
  add_device(command, device);
  command.add_flag("--print-commands", print_commands,
                   "Trains nothing, but prints a command for each unfinished run, for a job array");
  command.add_flag("--report", report, "Trains nothing, but collects the results that exist");
  add_without_pictures(command, without_pictures);
}

ComparisonRequest ComparisonOptions::request() const {
  ComparisonRequest request;
  if (folds > 0) request.folds = folds;
  if (seeds > 0) request.seeds = seeds;
  return request;
}

void run_comparison(const Comparison& comparison, const ComparisonOptions& options) {
  std::vector<ComparedRun> runs;
  for (const std::string& name : options.only) runs.push_back(comparison.find_run(name));
  if (runs.empty()) runs = comparison.runs();
  if (options.print_commands) {
    for (const ComparedRun& run : runs)
      if (state_of(run) != RunState::finished)
        fmt::print("tuna compare --out {} --only {}\n", in_shell(comparison.folder.string()), in_shell(run.name()));
    return;
  }
  if (!options.report) train_runs(comparison, runs, options.device);
  const ComparisonResults results = read_results(comparison);
  write_file_atomically(comparison.folder / "results.json", print_json(to_json(results)));
  write_file_atomically(comparison.folder / "report.html",
                        comparison_page(results, without_pictures_if(options.without_pictures)));
  fmt::print("{}\n{}\n{}\n", to_table(results), in_words(results), (comparison.folder / "report.html").string());
}

}  // namespace tuna
