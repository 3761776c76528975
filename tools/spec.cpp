// `tuna spec`: what a spec says, whether it is right, and what could be in it.
#include "training/spec.h"

#include <nlohmann/json.hpp>

#include "engine/check.h"
#include "tools/commands.h"
#include "tools/settings.h"
#include "training/strict_json.h"

namespace tuna {
namespace {

struct Options {
  std::string spec;
  std::vector<std::string> settings;
};

CLI::App* add_reader(CLI::App& group, const char* name, const char* description,
                     const std::shared_ptr<Options>& options) {
  CLI::App* command = group.add_subcommand(name, description);
  command->add_option("SPEC", options->spec, "The file to read")->type_name("")->required();
  add_settings(*command, options->settings);
  return command;
}

}  // namespace

void add_spec(CLI::App& app) {
  CLI::App* group = app.add_subcommand("spec", "Shows and checks specs");
  group->require_subcommand(1);
  group->footer("Example:\n  tuna spec check my.json");

  const auto options = std::make_shared<Options>();
  CLI::App* show = add_reader(*group, "show", "Prints a spec with every key: the defaults filled in", options);
  show->footer("Example:\n  tuna spec show specs/quickstart.json --set objective.cycle.weight=5 > my.json");
  show->callback([options] { fmt::print("{}", to_json(read_spec(options->spec, options->settings))); });

  CLI::App* check_command =
      add_reader(*group, "check", "Says whether a spec can be read; the images are not looked at", options);
  check_command->footer("Example:\n  tuna spec check my.json");
  check_command->callback([options] {
    const Spec spec = read_spec(options->spec, options->settings);
    fmt::print("{}: good; \"{}\", {} from {} to {}\n", options->spec, spec.name, spec.method, spec.domains.source,
               spec.domains.target);
  });

  CLI::App* schema = group->add_subcommand("schema", "Prints the JSON Schema of specs, from which editors complete");
  schema->footer("Example:\n  tuna spec schema > specs/schema.json");
  schema->callback([] { fmt::print("{}", print_json(spec_schema())); });
}

}  // namespace tuna
