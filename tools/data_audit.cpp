// `tuna data audit`: features other than the disease that separate the classes of a spec's images.
#include <nlohmann/json.hpp>

#include "engine/runtime/device.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/message.h"
#include "tools/command_line/settings.h"
#include "training/audit/shortcut_audit.h"

namespace tuna {
namespace {

struct Options {
  std::string spec;
  std::vector<std::string> columns, settings;
  bool as_json = false;
};

void audit_command(const Options& options) {
  const Spec spec = read_spec(options.spec, options.settings);
  const RunData data(spec);
  const ShortcutAudit audit = audit_shortcuts(data, spec, options.columns, Device::cpu().threads);
  print_warnings(data.warnings());
  print_warnings(audit.warnings);
  fmt::print("{}", options.as_json ? to_json(audit, spec).dump(2) + "\n" : to_text(audit, spec));
}

}  // namespace

void add_data_audit(CLI::App& group) {
  CLI::App* command = group.add_subcommand(
      "audit",
      "Measures shortcuts: what separates the classes and is not the disease\n"
      "For each domain of a spec, the AUC with which trivial features separate the positive class from the others on "
      "all labelled images: size of the file, width, height, sharpness (mean gradient), brightness, contrast, black "
      "border, corners, and every other column of the manifest; then pairs of them, and what separates the domains.");
  const auto options = std::make_shared<Options>();
  command->add_option("SPEC", options->spec, "The run in JSON")->type_name("")->required();
  command
      ->add_option("--column", options->columns,
                   "Only these of the manifest's other columns, such as source or view; default: all")
      ->type_name("NAME");
  command->add_flag("--json", options->as_json, "Prints JSON");
  add_settings(*command, options->settings);
  command->footer(
      "Examples:\n"
      "  tuna data audit specs/quickstart.json\n"
      "  tuna data audit my.json --column source view --json");
  command->callback([options] { audit_command(*options); });
}

}  // namespace tuna
