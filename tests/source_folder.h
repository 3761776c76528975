// Where tests find the files of the sources that they read, such as golden files.
#pragma once

#include <cstdlib>
#include <string>

namespace tuna {

/// The sources that the tests were built from; the environment's TUNA_SOURCE_DIR for a test program that was built on
/// another machine.
inline std::string source_folder() {
  const char* elsewhere = std::getenv("TUNA_SOURCE_DIR");
  return elsewhere ? elsewhere : TUNA_SOURCE_DIR;
}

}  // namespace tuna
