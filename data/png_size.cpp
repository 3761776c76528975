#include "data/png_size.h"

#include "data/bytes.h"

namespace tuna {

std::optional<PngSize> png_size(std::string_view bytes) {
  constexpr std::string_view kBegin("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
  constexpr size_t kColorTypeAt = 25, kGray = 0;
  if (!bytes.starts_with(kBegin) || bytes.size() <= kColorTypeAt) return std::nullopt;
  return PngSize{int64_t(big_endian(bytes, 16, 4)), int64_t(big_endian(bytes, 20, 4)),
                 uint8_t(bytes[kColorTypeAt]) == kGray ? 1 : 3};
}

}  // namespace tuna
