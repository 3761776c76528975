// `tuna spec`: what a spec says, whether it is right, and what could be in it.
#include "training/spec/spec.h"

#include <nlohmann/json.hpp>

#include "engine/base/check.h"
#include "engine/base/strict_json.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/settings.h"
#include "training/starter/starter_spec.h"

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

void add_new(CLI::App& group) {
  CLI::App* command = group.add_subcommand(
      "new",
      "Writes a first spec for your own images\n"
      "Looks at a folder with a folder per domain: that of the labelled source holds a folder of images per class, "
      "that "
      "of the target images, or the same classes. Prints a spec that trains on them for about so many minutes on this "
      "machine, of which it times a step: the keys to know, each with a comment, all others at their defaults. Paths "
      "stay as they are given, so the spec belongs into the current folder.");
  const auto options = std::make_shared<StarterOptions>();
  const auto text = [&](const char* name, auto& value, const char* description, const char* type) {
    return command->add_option(name, value, description)->type_name(type);
  };
  text("--data", options->folder, "Holds a folder per domain", "FOLDER")->required();
  text("--source", options->layout.source, "The labelled domain; default: the one with class folders", "NAME");
  text("--target", options->layout.target, "The domain to adapt to; default: the other one", "NAME");
  text("--positive", options->layout.positive, "The disease; default: as the names of the classes say", "CLASS");
  text("--size", options->size, "Pixels on a side that images are scaled to", "N")->capture_default_str();
  text("--minutes", options->minutes, "Time for training on this machine", "N")
      ->capture_default_str()
      ->check(CLI::Range(0.01, 1e6).description(""));
  add_device(*command, options->device);
  command->get_option("--device")->description("Where to train, as the spec will say; default: auto");
  command->footer("Example:\n  tuna spec new --data xrays --minutes 30 > my.json");
  command->callback([options] { fmt::print("{}", starter_spec(*options)); });
}

}  // namespace

void add_spec(CLI::App& app) {
  CLI::App* group = app.add_subcommand(
      "spec",
      "Writes, shows and checks specs\nA spec is a run in JSON. Comments, // and /* */, may stand anywhere in it.");
  group->require_subcommand(1);
  group->footer("Example:\n  tuna spec check my.json");
  add_new(*group);

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
