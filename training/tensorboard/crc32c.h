// CRC-32C, the checksum of TFRecord files.
#pragma once

#include <cstdint>
#include <string_view>

namespace tuna {

/// The CRC with Castagnoli's polynomial (RFC 3720, appendix B.4).
uint32_t crc32c(std::string_view bytes);

/// As TFRecord files store it: rotated right by 15 bits, plus 0xa282ead8.
uint32_t masked_crc32c(std::string_view bytes);

}  // namespace tuna
