// Errors as a command prints them.
#pragma once

#include <exception>
#include <string>

namespace tuna {

/// The message of an error; if memory ran out, with the keys of the spec that need less.
std::string message_of(const std::exception& error);

}  // namespace tuna
