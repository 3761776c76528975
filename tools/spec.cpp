// `tuna spec`: writes, shows and checks specs, and prints their schema.
#include "training/spec/spec.h"

#include <nlohmann/json.hpp>

#include "engine/base/check.h"
#include "engine/base/strict_json.h"
#include "engine/base/utf8.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/message.h"
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
      "Reads a folder with a folder per domain: that of the labelled source holds a folder of images per class, that "
      "of the target holds images, or the same classes. Times a training step and prints a spec whose training takes "
      "about --minutes on this machine (a warning if it cannot be so short): the most important keys with a comment "
      "each, all others at their defaults. "
      "Paths are printed as they are given, so save the spec in the current folder.");
  const auto options = std::make_shared<StarterOptions>();
  const auto text = [&](const char* name, auto& value, const char* description, const char* type) {
    return command->add_option(name, value, description)->type_name(type);
  };
  text("--data", options->folder, "Folder that holds a folder per domain", "FOLDER")->required();
  text("--source", options->layout.source, "The labelled domain; default: the one with class folders", "NAME");
  text("--target", options->layout.target, "The domain to adapt to; default: the other one", "NAME");
  text("--positive", options->layout.positive, "The disease; default: chosen by the names of the classes", "CLASS");
  text("--size", options->size, "Pixels on a side that images are scaled to", "N")->capture_default_str();
  text("--minutes", options->minutes, "Time for training on this machine", "N")
      ->capture_default_str()
      ->check(CLI::Range(0.01, 1e6).description(""));
  add_device(*command, options->device);
  command->get_option("--device")->description("Device to train on, stored in the spec; default: auto");
  command->footer("Example:\n  tuna spec new --data xrays --minutes 30 > my.json");
  command->callback([options] {
    const StarterSpec spec = starter_spec(*options);
    print_warnings(spec.warnings);
    fmt::print("{}", spec.text);
  });
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
      add_reader(*group, "check", "Checks whether a spec is valid; the images are not read", options);
  check_command->footer("Example:\n  tuna spec check my.json");
  check_command->callback([options] {
    const Spec spec = read_spec(options->spec, options->settings);
    fmt::print("{}: good; \"{}\", {} from {} to {}\n", one_line(options->spec), one_line(spec.name), spec.method,
               one_line(spec.domains.source), one_line(spec.domains.target));
  });

  CLI::App* schema = group->add_subcommand("schema", "Prints the JSON Schema of specs, for completion in editors");
  schema->footer("Example:\n  tuna spec schema > specs/schema.json");
  schema->callback([] { fmt::print("{}", print_json(spec_schema())); });
}

}  // namespace tuna
