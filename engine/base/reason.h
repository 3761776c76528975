// The reason of an error that a library throws, for messages.
#pragma once

#include <exception>
#include <new>
#include <stdexcept>
#include <string>

namespace tuna {

/// The error's own message; of errors that name only types of C++, what they mean.
inline std::string reason_of(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return "out of memory";
  if (dynamic_cast<const std::length_error*>(&error)) return "out of memory: a size is more than memory can have";
  const std::string what = error.what();  // nlohmann_json begins with "[json.exception.type_error.302] "
  return what.rfind("[json.exception.", 0) == 0 ? what.substr(what.find("] ") + 2) : what;
}

}  // namespace tuna
