// How --help looks: lines of at most 100 letters, and of each command in a list only the first line of what it says.
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
