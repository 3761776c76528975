// --device and --set key.path=value, as several commands take them.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/runtime/find_device.h"
#include "engine/runtime/target.h"

namespace tuna {

inline void add_device(CLI::App& command, std::string& device) {
  command.add_option("--device", device, "Device to compute on, instead of the spec's")
      ->type_name("auto|cpu|emulated|cuda|cuda:N")
      ->check([](const std::string& name) {
        return is_device_name(name) ? std::string() : name + " is not auto, cpu, emulated, cuda or cuda:N";
      });
}

/// For benchmarks, which also run on the backend that defines what ops compute.
inline Device any_device(const std::string& name) {
  return name == to_string(Backend::ref) ? Device::reference() : find_device(name);
}

template <class Names>  // std::string or a vector of them
CLI::Option* add_any_device(CLI::App& command, Names& names, const std::string& description) {
  return command.add_option("--device", names, description)
      ->type_name("auto|cpu|emulated|cuda|cuda:N|ref")
      ->check([](const std::string& name) {
        return is_device_name(name) || name == "ref" ? std::string()
                                                     : name + " is not auto, cpu, emulated, cuda, cuda:N or ref";
      });
}

/// For benchmarks; may be given several times.
inline CLI::Option* add_precisions(CLI::App& command, std::vector<Precision>& precisions,
                                   const std::string& description) {
  std::map<std::string, Precision> by_name;
  for (const Precision precision : {Precision::fp32, Precision::tf32, Precision::bf16, Precision::fp16})
    by_name[to_string(precision)] = precision;
  return command
      .add_option_function<std::vector<std::string>>(
          "--precision",
          [&precisions, by_name](const std::vector<std::string>& names) {
            for (const std::string& name : names) precisions.push_back(by_name.at(name));
          },
          description)
      ->type_name("fp32|tf32|bf16|fp16")
      ->check([by_name](const std::string& name) {
        return by_name.count(name) ? std::string() : name + " is not fp32, tf32, bf16 or fp16";
      });
}

inline void add_settings(CLI::App& command, std::vector<std::string>& settings) {
  command
      .add_option("--set", settings,
                  "Changes keys of the spec: --set train.epochs=3 data.size=64. Lists and objects are JSON; an object "
                  "changes the keys that it has: --set 'pretrain.augmentation={\"zoom\": 0.1}'")
      ->type_name("KEY=VALUE")
      ->check([](const std::string& setting) {
        return setting.find('=') != std::string::npos
                   ? std::string()
                   : "'" + setting + "' is not of the form key.path=value (other arguments go before --set)";
      });
}

}  // namespace tuna
