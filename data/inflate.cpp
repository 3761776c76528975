#include "data/inflate.h"

#include <fmt/format.h>
#include <zlib.h>

#include <new>

#include "engine/base/counted.h"

namespace tuna {
namespace {

constexpr size_t kMostGrowth = 1032;  // of deflate: 258 bytes from 2 bits

template <class... Args>
[[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) {
  throw InflateError(fmt::format(format, std::forward<Args>(args)...));
}

/// zlib's state, freed at the end.
struct Inflater {
  z_stream zlib{};

  Inflater() {
    if (inflateInit(&zlib) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&zlib); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

}  // namespace

std::string inflate(std::string_view stream, size_t size) {
  if (size / kMostGrowth > stream.size())
    refuse("{} of compressed data cannot hold the expected {}", counted(stream.size(), "byte"), size);
  Inflater inflater;
  z_stream& zlib = inflater.zlib;
  std::string bytes(size + 1, '\0');  // one more, to see whether there is more
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stream.data()));
  zlib.avail_in = uInt(stream.size());
  zlib.next_out = reinterpret_cast<Bytef*>(bytes.data());
  zlib.avail_out = uInt(bytes.size());
  const int result = ::inflate(&zlib, Z_FINISH);
  const size_t found = bytes.size() - zlib.avail_out;
  if (result == Z_MEM_ERROR) throw std::bad_alloc();
  if (found > size) refuse("the compressed data hold more than the expected {}", counted(size, "byte"));
  if (result == Z_DATA_ERROR || result == Z_NEED_DICT)
    refuse("the compressed data are damaged ({})", zlib.msg ? zlib.msg : "they need a dictionary");
  if (result != Z_STREAM_END) refuse("the compressed data are truncated");
  if (found < size) refuse("the compressed data hold {}, expected {}", counted(found, "byte"), size);
  bytes.resize(size);
  return bytes;
}

}  // namespace tuna
