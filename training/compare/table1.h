// The comparison of the paper's Table 1 on a user's images: the specs of specs/table1, which are part of the program.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "training/spec/spec.h"
#include "training/starter/starter_layout.h"

namespace tuna {

struct Table1Options {
  std::filesystem::path data;  ///< a manifest, or a folder with a folder per domain
  StarterLayout layout;        ///< choices of the user; empty: found in the data
  int64_t size = 64;
  std::vector<std::string> settings;  ///< "key.path=value", for the specs that have the key
};

/// The specs of all rows, in the order of the table, with the domains, classes and images of `options.data`.  Throws
/// Error if they are ambiguous.
std::vector<Spec> table1_specs(const Table1Options& options);

struct EmbeddedSpec {
  std::string name, text;
};

/// The files of specs/table1, in the order of the table: defined in a file that CMake writes.
const std::vector<EmbeddedSpec>& embedded_table1_specs();

}  // namespace tuna
