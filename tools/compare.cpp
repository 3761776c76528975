// `tuna compare`: methods on the same images, over folds and seeds.
#include "tools/command_line/commands.h"
#include "tools/command_line/comparison_options.h"

namespace tuna {
namespace {

struct Options {
  std::vector<std::string> specs, settings;
  ComparisonOptions comparison;
};

ComparisonRequest request_of(const Options& options) {
  if (options.specs.empty() && !options.settings.empty())
    throw CLI::ValidationError("--set changes SPEC, and none is given");
  ComparisonRequest request = options.comparison.request();
  for (const std::string& spec : options.specs) request.specs.push_back(read_spec(spec, options.settings));
  return request;
}

}  // namespace

void add_compare(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "compare",
      "Trains methods on the same images, and compares them\n"
      "Each SPEC is trained with each fold and seed into FOLDER/runs. Runs that are finished are kept, interrupted "
      "ones continue, and phases that specs have in common are trained once. Several processes may work on one FOLDER. "
      "At the end come a table, results.json and report.html. SPEC may be omitted to continue; given later, it is "
      "added.");
  const auto options = std::make_shared<Options>();
  command->add_option("SPEC", options->specs, "Methods to compare, with names of their own")->type_name("");
  options->comparison.add_to(*command);
  add_settings(*command, options->settings);
  command->footer(
      "Examples:\n"
      "  tuna compare before.json mine.json --seeds 3 --out runs/mine\n"
      "  tuna compare --out runs/mine --report\n"
      "  tuna compare before.json mine.json --folds 5 --out runs/folds --print-commands > commands.txt");
  command->callback([options] {
    run_comparison(begin_comparison(options->comparison.out, request_of(*options)), options->comparison);
  });
}

}  // namespace tuna
