#include "engine/host_tensor.h"

#include <algorithm>

#include "engine/runtime.h"

namespace tuna {

HostTensor::HostTensor(const Device& device, const View& view) : HostTensor(view.type) {
  copy_to_host(device, bytes_.data(), view.memory, bytes_.size());
}

HostTensor::HostTensor(const Type& type, const std::vector<double>& values) : HostTensor(type) {
  check(int64_t(values.size()) == type.shape.count(), "{} values for {}", values.size(), type);
  const auto convert = [&](auto elements) {
    using T = typename decltype(elements)::value_type;
    std::transform(values.begin(), values.end(), elements.begin(), [](double value) { return T(value); });
  };
  switch (type.dtype) {
    case DType::f32:
      convert(as<float>());
      break;
    case DType::f64:
      convert(as<double>());
      break;
    case DType::i32:
      convert(as<int32_t>());
      break;
  }
}

std::vector<double> HostTensor::values() const {
  const auto convert = [](auto elements) { return std::vector<double>(elements.begin(), elements.end()); };
  switch (type_.dtype) {
    case DType::f32:
      return convert(as<float>());
    case DType::f64:
      return convert(as<double>());
    case DType::i32:
      return convert(as<int32_t>());
  }
  return {};
}

}  // namespace tuna
