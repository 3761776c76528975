#include "engine/runtime/memory.h"

#include <cstdint>

#include "engine/runtime/host_tensor.h"
#include "tests/catch.h"
#include "tests/crashes.h"
#include "tests/gpu.h"

namespace tuna {
namespace {

void check_alignment(const Device& device) {
  for (const size_t bytes : {0, 1, 63, 64, 1000, 4096, 5000}) {
    const Memory memory(device, bytes, "a test"), staging(device, bytes, "a test", Side::staging);
    CHECK(reinterpret_cast<uintptr_t>(memory.address()) % kAlignment == 0);
    CHECK(reinterpret_cast<uintptr_t>(staging.address()) % kAlignment == 0);
  }
}

void check_copies(const Device& device) {
  const Memory first(device, 8, "a test"), second(device, 8, "a test");
  copy_to_device(device, first.address(), "01234567", 8);
  runtime(device).fill(second.address(), '-', 8);
  runtime(device).copy(static_cast<char*>(second.address()) + 1, first.address(), 6);
  std::string found(8, ' ');
  copy_to_host(device, found.data(), second.address(), 8);
  CHECK(found == "-012345-");
}

void check_moves(const Device& device) {
  Memory memory(device, 8, "a test");
  copy_to_device(device, memory.address(), "01234567", 8);
  Memory taken = std::move(memory);
  memory = Memory(device, 8, "a test");
  CHECK(memory.address() != taken.address());
  std::string found(8, ' ');
  copy_to_host(device, found.data(), taken.address(), 8);
  CHECK(found == "01234567");
}

void check_too_little(const Device& device) {
  for (const size_t bytes : {size_t(1) << 62, ~size_t(0)})
    REQUIRE_THROWS_WITH(Memory(device, bytes, "the pool"), Contains("out of memory: the pool needs")
                                                               && Contains(", and " + to_string(device) + " has ")
                                                               && Contains(" free of "));
}

const Device kDevices[] = {Device::reference(), Device::emulated()};

}  // namespace

TEST_CASE("memory is aligned", "[engine][memory]") {
  for (const Device& device : kDevices) check_alignment(device);
}

TEST_CASE("memory is filled and copied in every direction", "[engine][memory]") {
  for (const Device& device : kDevices) check_copies(device);
}

TEST_CASE("memory moves with its owner", "[engine][memory]") {
  for (const Device& device : kDevices) check_moves(device);
}

TEST_CASE("too little memory is one error: its purpose, its size, and what is free", "[engine][memory]") {
  for (const Device& device : kDevices) check_too_little(device);
  REQUIRE_THROWS_WITH(Memory(Device::emulated(), size_t(1) << 62, "the pool", Side::staging),
                      Contains("and the host has"));
}

TEST_CASE("memory of a GPU is aligned, filled, copied and moved, and runs out", "[engine][memory][gpu]") {
  if (no_gpu()) return;
  for (const auto each : {check_alignment, check_copies, check_moves, check_too_little}) each(Device::cuda());
}

TEST_CASE("the host cannot access the memory of an emulated device", "[engine][memory]") {
  const Device device = Device::emulated();
  const Memory memory(device, kAlignment, "a test");
  volatile char* address = static_cast<char*>(memory.address());
  CHECK(crashes([&] { *address = 1; }));
  CHECK(crashes([&] { static_cast<void>(char(*address)); }));
  CHECK_FALSE(crashes([&] {
    const Runtime::Access access = runtime(device).enter();
    *address = 1;
  }));
  CHECK(crashes([&] {
    { const Runtime::Access access = runtime(device).enter(); }
    *address = 1;
  }));
  CHECK(crashes([&] {  // past its end
    const Runtime::Access access = runtime(device).enter();
    address[kAlignment] = 1;
  }));
  char here = 0;
  REQUIRE_THROWS_WITH(copy_to_host(device, &here, &here, 1), Contains("is not an address of the device"));
}

TEST_CASE("a host tensor is its elements in any type", "[engine][memory]") {
  for (const DType dtype : {DType::f32, DType::f64, DType::i32}) {
    const HostTensor tensor(Type{dtype, {1, 1, 2, 2}}, {1, -2, 3, 4});
    CHECK(tensor.values() == std::vector<double>{1, -2, 3, 4});
    CHECK(tensor.bytes().size() == 4 * size_of(dtype));
  }
  const HostTensor tensor(Type{DType::f32, {1, 1, 1, 2}}, {0.5, 7});
  CHECK(tensor.as<float>()[1] == 7);
  REQUIRE_THROWS_WITH(tensor.as<double>(), Contains("f32 1x1x1x2 was read as elements of 8 bytes"));
  REQUIRE_THROWS_WITH(HostTensor(tensor.type(), {1}), Contains("1 values for f32 1x1x1x2"));
}

}  // namespace tuna
