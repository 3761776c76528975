#include "engine/runtime/host_tensor.h"

#include <algorithm>

#include "engine/base/reduced_precision.h"
#include "engine/runtime/runtimes.h"

namespace tuna {

HostTensor::HostTensor(const Device& device, const View& view) : HostTensor(view.type) {
  copy_to_host(device, bytes_.data(), view.memory, bytes_.size());
}

HostTensor::HostTensor(const Type& type, const std::vector<double>& values) : HostTensor(type) {
  check(int64_t(values.size()) == type.shape.count(), "{} values for {}", values.size(), type);
  const auto convert = [&](auto elements) {
    using T = typename decltype(elements)::value_type;
    std::transform(values.begin(), values.end(), elements.begin(), [](double value) {
      if constexpr (sizeof(T) == 2)
        return T(float(value));
      else
        return T(value);
    });
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
    case DType::f16:
      convert(as<f16>());
      break;
    case DType::bf16:
      convert(as<bf16>());
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
    case DType::f16:
      return convert(as<f16>());
    case DType::bf16:
      return convert(as<bf16>());
  }
  return {};
}

}  // namespace tuna
