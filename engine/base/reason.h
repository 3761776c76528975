// The reason of an error that a library throws, for messages.
#pragma once

#include <exception>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>

namespace tuna {

/// "runs/a: Too many levels of symbolic links", without the names of functions.
inline std::string reason_of_path(const std::filesystem::filesystem_error& error) {
  if (!error.path1().empty()) return error.path1().string() + ": " + error.code().message();
  if (error.code() == std::errc::invalid_argument) return "an empty path, expected the name of a file or folder";
  const std::string what = error.what(), library = "filesystem error: ";
  return what.rfind(library, 0) == 0 ? what.substr(library.size()) : what;  // "cannot get current path: ..."
}

/// The error's own message; of errors that name only types of C++, what they mean.
inline std::string reason_of(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return "out of memory";
  if (dynamic_cast<const std::length_error*>(&error)) return "out of memory: a size is more than memory can have";
  if (const auto* of_path = dynamic_cast<const std::filesystem::filesystem_error*>(&error))
    return reason_of_path(*of_path);
  const std::string what = error.what();  // nlohmann_json begins with "[json.exception.type_error.302] "
  return what.rfind("[json.exception.", 0) == 0 ? what.substr(what.find("] ") + 2) : what;
}

}  // namespace tuna
