// Named tensors in a file, as https://github.com/huggingface/safetensors defines it: a JSON header and raw
// little-endian data.  It cannot contain code, and the reader validates everything, so untrusted files can be read.
#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/base/check.h"

namespace tuna {

/// A tensor as stored in a file: row-major, in PyTorch's shape.  Points at its data, which may be unaligned.
struct StoredTensor {
  std::string dtype;           // F64, F32, F16, BF16, I64, I32 or U8
  std::vector<int64_t> shape;  // empty for a scalar
  std::span<const std::byte> data;
};

using StoredTensors = std::map<std::string, StoredTensor>;
using Metadata = std::map<std::string, std::string>;

/// The file's name for a C++ type.
template <class T>
constexpr std::string_view stored_dtype() {
  if constexpr (std::is_same_v<T, double>) return "F64";
  if constexpr (std::is_same_v<T, float>) return "F32";
  if constexpr (std::is_same_v<T, int64_t>) return "I64";
  if constexpr (std::is_same_v<T, int32_t>) return "I32";
  if constexpr (std::is_same_v<T, uint8_t>) return "U8";
}

/// A view of `values`, which must outlive it and fill the shape.
template <class T>
StoredTensor stored_tensor(std::vector<int64_t> shape, const std::vector<T>& values) {
  return {std::string(stored_dtype<T>()), std::move(shape), std::as_bytes(std::span(values))};
}

class SafetensorsFile {
 public:
  /// Reads the whole file.  Throws Error, naming the file and the tensor, unless the header is strict JSON of at most
  /// 100 MB without duplicate keys, dtypes are known, sizes fit, and the tensors tile the data without hole or overlap.
  explicit SafetensorsFile(const std::filesystem::path& path);

  /// The same from any stream that can seek; `name` stands for the file in messages.
  SafetensorsFile(std::string name, std::istream& stream);

  const std::string& name() const { return name_; }
  const StoredTensors& tensors() const { return tensors_; }  // their data live as long as this object
  const Metadata& metadata() const { return metadata_; }

  /// Throws Error if the file lacks the tensor.
  const StoredTensor& tensor(const std::string& name) const;

  /// A copy of a tensor's values; throws Error if its dtype is not that of T.
  template <class T>
  std::vector<T> values(const std::string& name) const {
    const StoredTensor& stored = tensor(name);
    check(stored.dtype == stored_dtype<T>(), "{}: tensor '{}' is {}, expected {}", name_, name, stored.dtype,
          stored_dtype<T>());
    std::vector<T> result(stored.data.size() / sizeof(T));
    if (!result.empty()) std::memcpy(result.data(), stored.data.data(), stored.data.size());
    return result;
  }

 private:
  void read(std::istream& stream);

  std::string name_;
  std::unique_ptr<std::byte[]> data_;
  StoredTensors tensors_;
  Metadata metadata_;
};

/// Writes by AtomicFile: a failure leaves an old file as it was.  The same tensors and metadata give the same bytes.
void write_safetensors(const std::filesystem::path& path, const StoredTensors& tensors, const Metadata& metadata = {});

}  // namespace tuna
