#include "data/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "engine/base/check.h"
#include "engine/base/counted.h"

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
  check(status.type() != std::filesystem::file_type::not_found, "{}: no such file", path.string());
  check(!error, "{}: cannot be read: {}", path.string(), error.message());
  check(!std::filesystem::is_directory(status), "{}: is a directory, expected a file", path.string());
  check(std::filesystem::is_regular_file(status), "{}: is not a regular file", path.string());

  const uintmax_t size = std::filesystem::file_size(path, error);
  check(!error, "{}: cannot be read: {}", path.string(), error.message());
  check(size <= limit, "{}: {}, more than the limit of {}", path.string(), counted(size, "byte"), limit);

  const File file(std::fopen(path.c_str(), "rb"));
  check(file != nullptr, "{}: cannot be opened: {}", path.string(), std::strerror(errno));
  std::string bytes(size, '\0');
  errno = 0;
  const bool read = std::fread(bytes.data(), 1, size, file.get()) == size;
  check(read, "{}: cannot be read to its end: {}", path.string(),
        errno != 0 ? std::strerror(errno) : "it was truncated while it was read");
  return bytes;
}

}  // namespace tuna
