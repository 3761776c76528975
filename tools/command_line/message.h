// Errors and warnings as a command prints them.
#pragma once

#include <exception>
#include <string>
#include <vector>

namespace tuna {

/// The message of an error; if memory ran out, with the keys of the spec that need less.
std::string message_of(const std::exception& error);

/// A line on stderr for each.
void print_warnings(const std::vector<std::string>& warnings);

}  // namespace tuna
