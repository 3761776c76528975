// --set key.path=value, as several commands take it.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

namespace tuna {

inline void add_settings(CLI::App& command, std::vector<std::string>& settings) {
  command.add_option("--set", settings, "Changes keys of the spec: --set train.epochs=3 data.size=64")
      ->type_name("KEY=VALUE")
      ->check([](const std::string& setting) {
        return setting.find('=') != std::string::npos
                   ? std::string()
                   : "'" + setting + "' is no key.path=value (other arguments go before --set)";
      });
}

}  // namespace tuna
