#include "tests/fuzz/target.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "engine/base/check.h"

namespace tuna {
namespace {

/// Messages are for users, and must not name types of C++; the file that they quote may.
void check_message(const std::string& message, const std::string& bytes) {
  for (const char* name : {"[json.exception", "std::", "basic_string"})
    if (message.find(name) != message.npos && bytes.find(name) == bytes.npos) {
      std::fprintf(stderr, "the message names a type of C++: %s\n", message.c_str());
      std::abort();
    }
}

}  // namespace

void must_hold(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace tuna

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  try {
    tuna::read_as_file(bytes);
  } catch (const tuna::Error& error) {
    tuna::check_message(error.what(), bytes);
  }
  return 0;
}
