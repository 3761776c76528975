// Launches the kernels of tensor_table.cuh.
#pragma once

#include "kernels/device/launch.h"
#include "kernels/optimizer/tensor_table.cuh"

namespace tuna::BACKEND {

/// Calls visit() for the `count` tensors tensor_at(0), tensor_at(1), ..., in as few launches as tables allow.
template <class Visit, class TensorAt>
void launch_visit(const Visit& visit, size_t count, TensorAt tensor_at, Stream& stream) {
  using Table = TensorTable<decltype(tensor_at(0))>;
  static_assert(sizeof(Visit) <= Table::kOtherParameters);
  constexpr int kThreads = 256;
  for (size_t next = 0; next < count;) {
    Table table{};
    while (next < count && table.add(tensor_at(next))) ++next;
    check(table.size > 0, "an optimizer's tensor has more than 2^32 elements");
    if (table.blocks() > 0)
      LAUNCH((visit_tensors<kThreads, decltype(tensor_at(0)), Visit>), table.blocks(), kThreads, stream, visit, table);
  }
}

}  // namespace tuna::BACKEND
