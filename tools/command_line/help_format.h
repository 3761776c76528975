// Layout of --help: at most 100 characters a line; a list of commands shows the first line of each description.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace tuna {

class HelpFormat final : public CLI::Formatter {
 public:
  std::string make_description(const CLI::App* app) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_subcommand(const CLI::App* command) const override;
};

}  // namespace tuna
