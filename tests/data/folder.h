// The folder that the tests of data/ read from and write to.
#pragma once

#include "tests/temporary_folder.h"

namespace tuna {

inline std::filesystem::path test_file(const std::string& name) {
  return std::filesystem::path(TUNA_SOURCE_DIR) / "tests/data/files" / name;
}

}  // namespace tuna
