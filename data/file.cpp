#include "data/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "engine/base/check.h"

namespace tuna {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

}  // namespace

std::string read_file(const std::filesystem::path& path, uintmax_t limit) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  check(std::filesystem::exists(status), "{}: no such file", path.string());
  check(!std::filesystem::is_directory(status), "{}: is a directory, expected a file", path.string());
  check(std::filesystem::is_regular_file(status), "{}: is not a regular file", path.string());

  const uintmax_t size = std::filesystem::file_size(path, error);
  check(!error, "{}: cannot be read: {}", path.string(), error.message());
  check(size <= limit, "{}: {} bytes, more than the limit of {}", path.string(), size, limit);

  const File file(std::fopen(path.c_str(), "rb"));
  check(file != nullptr, "{}: cannot be opened: {}", path.string(), std::strerror(errno));
  std::string bytes(size, '\0');
  check(std::fread(bytes.data(), 1, size, file.get()) == size, "{}: cannot be read to its end", path.string());
  return bytes;
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  File file(std::fopen(path.c_str(), "wb"));
  check(file != nullptr, "{}: cannot be written: {}", path.string(), std::strerror(errno));
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
  const bool closed = std::fclose(file.release()) == 0;  // a full disk may show only here
  if (written && closed) return;

  const std::string reason = std::strerror(errno);
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  fail("{}: cannot be written: {}", path.string(), reason);
}

}  // namespace tuna
