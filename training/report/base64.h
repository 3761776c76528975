// Bytes as text, for images inside of a page.
#pragma once

#include <string>
#include <string_view>

namespace tuna {

/// RFC 4648, with padding.
std::string base64(std::string_view bytes);

}  // namespace tuna
