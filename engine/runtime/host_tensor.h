// A copy of a tensor's elements in the host's memory: how values come from a device and go to it.
#pragma once

#include <cstring>
#include <span>
#include <vector>

#include "engine/base/check.h"
#include "engine/runtime/device.h"
#include "engine/runtime/view.h"

namespace tuna {

class HostTensor {
 public:
  explicit HostTensor(const Type& type) : type_(type), bytes_(type.bytes()) {}

  /// A copy of the values at a view of the device.
  HostTensor(const Device& device, const View& view);

  /// The elements as real numbers, in any type.
  HostTensor(const Type& type, const std::vector<double>& values);
  std::vector<double> values() const;

  const Type& type() const { return type_; }
  std::vector<std::byte>& bytes() { return bytes_; }
  const std::vector<std::byte>& bytes() const { return bytes_; }

  /// The elements; T must have the size of the type.
  template <class T>
  std::span<T> as() {
    check_size(sizeof(T));
    return {reinterpret_cast<T*>(bytes_.data()), size_t(type_.shape.count())};
  }
  template <class T>
  std::span<const T> as() const {
    check_size(sizeof(T));
    return {reinterpret_cast<const T*>(bytes_.data()), size_t(type_.shape.count())};
  }

 private:
  void check_size(size_t bytes) const {
    check(bytes == size_of(type_.dtype), "a tensor of {} was read as elements of {} bytes", type_, bytes);
  }

  Type type_;
  std::vector<std::byte> bytes_;
};

}  // namespace tuna
