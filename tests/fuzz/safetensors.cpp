// Files of tensors.
#include "engine/files/safetensors.h"

#include <sstream>

#include "tests/fuzz/target.h"

void tuna::read_as_file(const std::string& bytes) {
  std::istringstream stream(bytes);
  const SafetensorsFile file("file", stream);
  size_t read = 0, sum = 0;
  for (const auto& [name, tensor] : file.tensors()) {
    read += tensor.data.size();
    for (const std::byte each : tensor.data) sum += size_t(each);
  }
  must_hold(read + 8 <= bytes.size() && sum <= 255 * read, "the tensors lie in the file");
}
