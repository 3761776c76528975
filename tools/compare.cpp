// `tuna compare`: methods on the same images, over folds and seeds.
#include "tools/command_line/commands.h"
#include "tools/command_line/comparison_options.h"
#include "training/compare/same_settings.h"

namespace tuna {
namespace {

struct Options {
  std::vector<std::string> specs, remove, settings;
  ComparisonOptions comparison;
};

ComparisonRequest request_of(const Options& options) {
  if (options.specs.empty() && !options.settings.empty())
    throw CLI::ValidationError("--set changes SPEC, and none is given");
  ComparisonRequest request = options.comparison.request();
  std::vector<SpecText> specs;
  for (const std::string& spec : options.specs) specs.push_back(read_spec_text(spec));
  request.specs = parse_specs(specs, options.settings);
  request.remove = options.remove;
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
      "added. --set changes the specs that have the key.");
  const auto options = std::make_shared<Options>();
  command->add_option("SPEC", options->specs, "Methods to compare, with names of their own")->type_name("");
  options->comparison.add_to(*command);
  command
      ->add_option("--remove", options->remove,
                   "Takes methods out of the comparison, by the names of their specs; their runs stay in FOLDER/runs")
      ->type_name("NAME");
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
