// Adam on the device, in place, as in a training step.
#pragma once

#include "kernels/optimizer/tensor_table.cuh"

namespace tuna::BACKEND {

template <class T>
struct AdamTensor {
  T *p, *m, *v;
  const T* g;
  size_t count;

  struct Offsets {
    int p, m, v, g;
    unsigned count;
  };
  /// False if the other is too large or too far away.
  HOST_DEVICE bool set_offsets(Offsets& offsets, const AdamTensor& other) const {
    offsets.count = unsigned(other.count);
    return offsets.count == other.count && set_offset(offsets.p, p, other.p) && set_offset(offsets.m, m, other.m)
           && set_offset(offsets.v, v, other.v) && set_offset(offsets.g, g, other.g);
  }
  DEVICE AdamTensor at(const Offsets& offsets) const {
    return {p + offsets.p, m + offsets.m, v + offsets.v, g + offsets.g, offsets.count};
  }
};

/// The numbers of the formula that do not change.
struct AdamFactors {
  float one_minus_beta1, beta2, one_minus_beta2, eps;
};

/// rate: lr / (1 - beta1^t).  correction: 1 / sqrt(1 - beta2^t).  unscale: the factor that g is multiplied by.
template <class T>
struct AdamUpdate {
  AdamTensor<T> tensor;
  AdamFactors factors;
  float rate, correction, unscale;

  template <int kWidth>
  DEVICE void at(size_t i) const {
    const Vector<kWidth> p = load<kWidth>(tensor.p + i), g = load<kWidth>(tensor.g + i) * unscale,
                         old_m = load<kWidth>(tensor.m + i), old_v = load<kWidth>(tensor.v + i);
    const Vector<kWidth> m = old_m + (g - old_m) * factors.one_minus_beta1,
                         v = old_v * factors.beta2 + g * g * factors.one_minus_beta2;
    const auto change = [this](float m, float v) { return rate * m / (sqrtf(v) * correction + factors.eps); };
    store(tensor.p + i, p - map(change, m, v));
    store(tensor.m + i, m);
    store(tensor.v + i, v);
  }
};

/// schedule: lr, 1 - beta1^t, 1 - beta2^t.  go: 0 to leave everything as it is.  scale: the factor that g was
/// multiplied by, or null.
struct AdamStep {
  const float* schedule;
  const int* go;
  const float* scale;
  AdamFactors factors;

  template <class T>
  DEVICE void operator()(const AdamTensor<T>& tensor, const ElementRange& range) const {
    if (*go == 0) return;
    const AdamUpdate<T> update{tensor, factors, schedule[0] / schedule[1], 1 / sqrtf(schedule[2]),
                               scale ? 1 / *scale : 1};
    for_each_widest<T>(range, update, tensor.p, tensor.m, tensor.v, tensor.g);
  }
};

}  // namespace tuna::BACKEND
