// The only file that compiles stb_image_write.
#include <cstdlib>
#include <new>

namespace {

// stb_image_write does not check that it has memory.
void* allocated(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

#define STBIW_MALLOC(size) allocated(std::malloc(size))
#define STBIW_REALLOC(memory, size) allocated(std::realloc(memory, size))
#define STBIW_FREE(memory) std::free(memory)
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "data/image.h"
#include "engine/base/check.h"

namespace tuna {

void write_png(const std::filesystem::path& path, const Image& image, Durable durable) {
  std::vector<uint8_t> levels(image.pixels.size());
  std::transform(image.pixels.begin(), image.pixels.end(), levels.begin(),
                 [](float value) { return uint8_t(std::lround(std::clamp((value + 1) / 2, 0.0f, 1.0f) * 255)); });

  std::string bytes;
  const auto append = [](void* to, void* data, int count) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(data), size_t(count));
  };
  const int width = int(image.width), channels = int(image.channels);
  const int ok =
      stbi_write_png_to_func(append, &bytes, width, int(image.height), channels, levels.data(), width * channels);
  check(ok != 0, "{}: cannot be encoded as PNG", path.string());
  write_file_atomically(path, bytes, durable);
}

}  // namespace tuna
