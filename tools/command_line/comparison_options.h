// The options that commands on comparisons have in common.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/command_line/settings.h"
#include "training/compare/comparison.h"

namespace tuna {

struct ComparisonOptions {
  std::string out, device, data_root;
  int64_t folds = 0, seeds = 0;  // 0: not given
  std::vector<std::string> only;
  bool print_commands = false, report = false, without_pictures = false;

  void add_to(CLI::App& command);

  /// Without specs.
  ComparisonRequest request() const;
};

/// Trains the runs of a comparison and reports its results, or does what else the options say.
void run_comparison(const Comparison& comparison, const ComparisonOptions& options);

}  // namespace tuna
