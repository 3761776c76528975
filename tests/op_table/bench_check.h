// What is timed is right: it is compared with the reference before.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/op_table/bench_selection.h"

namespace tuna {

/// Compares with `ref` in f64; with `cpu` where the plain loops of `ref` would take minutes.
class BenchChecker {
 public:
  /// Throws Error where a row gives something wrong, each time it is asked.
  void check_row(const Subject& subject);

 private:
  std::string verdict(const Subject& subject);

  std::map<std::string, std::string> verdicts_;  // empty: right
  std::string key_of_expected_;
  std::map<std::string, std::vector<double>> expected_;  // outputs and gradients, by their names
};

}  // namespace tuna
