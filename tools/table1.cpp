// `tuna table1`: all rows of the paper's Table 1 on a user's images.
#include "training/compare/table1.h"

#include "tools/command_line/commands.h"
#include "tools/command_line/comparison_options.h"

namespace tuna {
namespace {

struct Options {
  Table1Options table;
  ComparisonOptions comparison;
};

ComparisonRequest request_of(const Options& options) {
  ComparisonRequest request = options.comparison.request();
  request.specs = table1_specs(options.table);
  return request;
}

}  // namespace

void add_table1(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "table1",
      "Trains and compares the rows of the paper's Table 1\n"
      "`tuna compare` with the specs of specs/table1 on your images: a manifest, or a folder with a folder per domain "
      "as `tuna spec new` reads it. Images of the target need labels, too: methods are compared by their AUC on these, "
      "and Supervised is trained on them; without labels, `tuna spec new` and `tuna train` train one adaptation alone. "
      "--set changes the specs that have the key. Continue with `tuna compare --out FOLDER`.");
  const auto options = std::make_shared<Options>();
  const auto text = [&](const char* name, auto& value, const char* description, const char* type) {
    return command->add_option(name, value, description)->type_name(type);
  };
  text("--data", options->table.data, "Manifest, or folder that holds a folder per domain", "PATH")->required();
  text("--source", options->table.layout.source,
       "The labelled domain; default: adult, or of folders the only one with class folders", "NAME");
  text("--target", options->table.layout.target, "The domain to adapt to; default: child, or of folders the other one",
       "NAME");
  text("--positive", options->table.layout.positive,
       "The disease; default: pneumonia, or chosen by the names of class folders", "CLASS");
  text("--size", options->table.size, "Pixels on a side that images are scaled to", "N")
      ->capture_default_str()
      ->check(CLI::Range(4, 4096).description(""));
  options->comparison.add_to(*command);
  add_settings(*command, options->table.settings);
  command->footer(
      "Examples:\n"
      "  tuna table1 --data demo/phantoms/manifest.csv --seeds 3 --out runs/phantoms\n"
      "  tuna table1 --data data/cxr128/manifest.csv --target pediatric --size 64 --folds 5 --out runs/cxr64");
  command->callback([options] {
    run_comparison(begin_comparison(options->comparison.out, request_of(*options)), options->comparison);
  });
}

}  // namespace tuna
