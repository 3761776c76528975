// Decompresses zlib streams of a known size, as PNG has them.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace tuna {

/// What is wrong with a stream, without the place that only the caller knows.
struct InflateError : std::runtime_error {
  using runtime_error::runtime_error;
};

/// The decompressed data, which must be `size` bytes: a stream that holds more or fewer, is damaged or is truncated
/// throws InflateError.  Memory is allocated only if the stream is long enough to hold that much.
std::string inflate(std::string_view stream, size_t size);

}  // namespace tuna
