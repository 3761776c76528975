// The tensors that an optimizer's table can hold.
#include "kernels/device/device.h"
#include "kernels/optimizer/adam.cuh"
#include "tests/catch.h"

namespace tuna::BACKEND {
namespace {

// The addresses are never dereferenced.
AdamTensor<float> tensor_at(size_t p, size_t g, size_t count = 5) {
  return {reinterpret_cast<float*>(p), reinterpret_cast<float*>(16), reinterpret_cast<float*>(16),
          reinterpret_cast<const float*>(g), count};
}

}  // namespace

TEST_CASE("a table takes tensors near its first, and reports which it does not take", "[emulator][adam]") {
  constexpr size_t kFirst = size_t(1) << 44, kFar = size_t(1) << 34;
  TensorTable<AdamTensor<float>> table{};
  CHECK(table.add(tensor_at(kFirst, kFirst)));
  CHECK(table.add(tensor_at(kFirst - 400, kFirst + 4000)));
  CHECK_FALSE(table.add(tensor_at(kFirst + kFar, kFirst)));
  CHECK_FALSE(table.add(tensor_at(kFirst, kFirst - kFar)));
  CHECK_FALSE(table.add(tensor_at(kFirst + 2, kFirst)));  // between two elements
  CHECK_FALSE(table.add(tensor_at(kFirst, kFirst, (size_t(1) << 32) + 5)));
  CHECK(table.size == 2);
  const AdamTensor<float> second = table.first.at(table.tensors[1]);
  CHECK(second.p == reinterpret_cast<float*>(kFirst - 400));
  CHECK(second.g == reinterpret_cast<const float*>(kFirst + 4000));
  CHECK(second.count == 5);
  while (table.add(tensor_at(kFirst, kFirst))) {
  }
  CHECK(table.size == table.kCapacity);
}

}  // namespace tuna::BACKEND
