// Errors.  Every message says what is wrong, where, and what was expected.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace tuna {

/// Bad input or a broken contract.  The command line prints the message on one line and exits with 1.
struct Error : std::runtime_error {
  using runtime_error::runtime_error;
};

template <class... Parts>
[[noreturn]] void fail(fmt::format_string<Parts...> format, Parts&&... parts) {
  throw Error(fmt::format(format, std::forward<Parts>(parts)...));
}

/// Throws Error with the formatted message unless `ok`.
template <class... Parts>
void check(bool ok, fmt::format_string<Parts...> format, Parts&&... parts) {
  if (!ok) throw Error(fmt::format(format, std::forward<Parts>(parts)...));
}

}  // namespace tuna
