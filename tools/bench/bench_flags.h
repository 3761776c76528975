// Google Benchmark's flags on the command line of `tuna bench`.
#pragma once

#include <benchmark/benchmark.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace tuna {

/// Keeps the flags, because Google Benchmark parses them without exposing all values.
class BenchFlags {
 public:
  explicit BenchFlags(std::vector<std::string> given) : flags_(std::move(given)) {
    for (const std::string& flag : flags_)
      if (flag.rfind("--benchmark_", 0) != 0) throw CLI::ExtrasError({flag});
    const auto defaults = {"tuna bench", "--benchmark_repetitions=20", "--benchmark_display_aggregates_only=true"};
    flags_.insert(flags_.begin(), defaults.begin(), defaults.end());
  }

  /// The value of --benchmark_<name>; the last occurrence counts.
  std::string value(const std::string& name, const std::string& otherwise) const {
    const std::string start = "--benchmark_" + name;
    std::string found = otherwise;
    for (const std::string& flag : flags_) {
      if (flag == start) found = "true";
      if (flag.rfind(start + "=", 0) == 0) found = flag.substr(start.size() + 1);
    }
    return found;
  }
  bool is_set(const std::string& name) const {
    const std::string text = value(name, "false");
    return text == "true" || text == "1" || text == "yes" || text == "on";
  }

  /// Like value(), but removes the flag: Google Benchmark must not filter, because its own names end differently.
  std::string take(const std::string& name) {
    const std::string found = value(name, ""), start = "--benchmark_" + name;
    std::erase_if(flags_, [&](const std::string& flag) { return flag == start || flag.rfind(start + "=", 0) == 0; });
    return found;
  }

  /// Passes the flags to Google Benchmark; throws CLI::ExtrasError if it does not know one.
  void initialise() {
    std::vector<char*> arguments;
    for (std::string& flag : flags_) arguments.push_back(flag.data());
    int count = int(arguments.size());
    benchmark::Initialize(&count, arguments.data());
    if (count > 1) throw CLI::ExtrasError({arguments[1]});
  }

 private:
  std::vector<std::string> flags_;
};

}  // namespace tuna
