// `tuna graph`: a training step as the engine runs it.
#include "engine/compile/compile.h"
#include "engine/compile/describe.h"
#include "engine/compile/dot.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/settings.h"
#include "training/methods/method.h"
#include "training/run/compute_device.h"

namespace tuna {
namespace {

struct Options {
  std::string spec, phase, format = "text";
  std::vector<std::string> settings;
  bool fusions = false;
};

// Nothing runs here: without a GPU the emulated device, whose convolutions have no workspaces, stands in for it.
Target target_that_describes(const Spec& spec) {
  const Device where = find_device(spec.device);
  const bool stands_in = where.backend == Backend::cpu && spec.precision != Precision::fp32;
  return target_of(spec, stands_in ? Device::emulated() : where, spec.precision);
}

void graph(const Options& options) {
  const Spec spec = read_spec(options.spec, options.settings);
  const Target target = target_that_describes(spec);
  Program program(activation_type(target.precision));
  const std::vector<Phase> phases = phases_without_images(spec);
  (options.phase.empty() ? main_phase(phases) : find_phase(phases, options.phase)).record(program);
  State state(0, target.device);
  const Executable step = compile(program, target, state);
  if (options.fusions) return fmt::print("{}", fusions_to_text(step));
  fmt::print("{}", options.format == "dot" ? to_dot(step) : options.format == "json" ? to_json(step) : to_text(step));
}

}  // namespace

void add_graph(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("graph", "Prints a training step: every operation with its shapes, memory and work");
  const auto options = std::make_shared<Options>();
  command->add_option("SPEC", options->spec, "The run in JSON")->type_name("")->required();
  command->add_option("--phase", options->phase, "Phase of the step; default: the main phase")->type_name("NAME");
  command
      ->add_option("--format", options->format,
                   "A table of the operations, a drawing of the modules for graphviz, or JSON")
      ->type_name("text|dot|json")
      ->check(CLI::IsMember({"text", "dot", "json"}).description(""))
      ->capture_default_str();
  command
      ->add_flag("--fusions", options->fusions,
                 "Prints only which chains of operations are fused, by which rule and where, and which could not be")
      ->excludes("--format");
  add_settings(*command, options->settings);
  command->footer(
      "Examples:\n"
      "  tuna graph specs/quickstart.json | less -S\n"
      "  tuna graph specs/quickstart.json --fusions\n"
      "  tuna graph specs/tiny.json --format dot | dot -Tsvg > step.svg");
  command->callback([options] { graph(*options); });
}

}  // namespace tuna
