// `tuna report`: the page of a run.
#include <fmt/format.h>

#include "engine/base/atomic_file.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/message.h"
#include "tools/command_line/output_file.h"
#include "tools/command_line/page_pictures.h"
#include "training/report/run_report.h"
#include "training/run/run_files.h"
#include "training/run/run_lock.h"

namespace tuna {
namespace {

struct Options {
  std::string run, output;
  bool without_pictures = false;
};

// Replaces the page of the run, which lists its files.
void write_own(const std::filesystem::path& run, const std::string& page) {
  const std::filesystem::path file = run / "report.html";
  if (!RunFiles(run).has(file)) {
    const RunLock lock(run);  // a process that trains the run writes the list as well
    RunFiles(run).add(file);
  }
  write_file_atomically(file, page);
}

void report(const Options& options) {
  if (!options.output.empty()) check_new_file(options.output);
  const RunRecord run = read_run(options.run);
  print_warnings(run.problems);
  const std::string page = run_report(run, without_pictures_if(options.without_pictures));
  if (options.output.empty())
    write_own(options.run, page);
  else
    write_file_atomically(options.output, page);
  fmt::print("{}\n",
             options.output.empty() ? (std::filesystem::path(options.run) / "report.html").string() : options.output);
}

}  // namespace

void add_report(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "report",
      "Writes the page of a run: report.html\n"
      "Results with the paper's, curves, pictures, losses, spec and machine in one file, which needs no network. `tuna "
      "train` writes it as it goes; this command writes it anew from the files in RUN, also while the run is trained.");
  const auto options = std::make_shared<Options>();
  command->add_option("RUN", options->run, "Folder of the run")->type_name("")->required();
  command->add_option("--output", options->output, "A new file in place of RUN/report.html")->type_name("FILE.html");
  add_without_pictures(*command, options->without_pictures);
  command->footer("Example:\n  tuna report runs/first --output first.html");
  command->callback([options] { report(*options); });
}

}  // namespace tuna
