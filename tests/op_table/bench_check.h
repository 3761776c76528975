// Compares results with the reference before they are timed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/op_table/bench_selection.h"

namespace tuna {

/// Compares with `ref` in f64; with `cpu` if the plain loops of `ref` would take minutes.
class BenchChecker {
 public:
  /// Throws Error if results of a row are wrong, at each call.
  void check_row(const Subject& subject);

 private:
  std::string verdict(const Subject& subject);

  std::map<std::string, std::string> verdicts_;  // by row; empty: correct
  std::string key_of_expected_;
  std::map<std::string, std::vector<double>> expected_;  // outputs and gradients, by their names
};

}  // namespace tuna
