#include "engine/runtime/cuda_runtime.h"
#include "engine/runtime/find_device.h"
#include "engine/runtime/target.h"
#include "tests/catch.h"

namespace tuna {

TEST_CASE("devices have names", "[engine][device]") {
  for (const char* name : {"auto", "cpu", "emulated", "cuda", "cuda:0", "cuda:12"}) CHECK(is_device_name(name));
  for (const char* name : {"", "gpu", "Cuda", "cuda:", "cuda:-1", "cuda:x", "cuda:0 ", "cuda:1234", "ref"}) {
    CHECK_FALSE(is_device_name(name));
    REQUIRE_THROWS_WITH(find_device(name), Contains("is not auto, cpu, emulated, cuda or cuda:N"));
  }
  CHECK(to_string(Device::cuda(3)) == "cuda:3");
  CHECK(to_string(Device::emulated()) == "emulated");
  CHECK(find_device("cpu").backend == Backend::cpu);
  CHECK_THAT(describe(find_device("cpu")), Contains("cpu, ") && Contains(" thread"));
}

TEST_CASE("an unsupported precision is an error that names it", "[engine][device]") {
  CHECK(Target(Device::cpu(), Precision::fp32).precision == Precision::fp32);
  for (const Precision precision : {Precision::tf32, Precision::bf16, Precision::fp16}) {
    REQUIRE_THROWS_WITH(Target(Device::cpu(), precision),
                        Contains("precision: the cpu computes in fp32 only, not " + to_string(precision)));
    CHECK(Target(Device::emulated(), precision).precision == precision);
  }
  CHECK(activation_type(Precision::bf16) == DType::bf16);
  CHECK(activation_type(Precision::fp16) == DType::f16);
  CHECK(activation_type(Precision::tf32) == DType::f32);
}

TEST_CASE("a GPU that works is found, and one that does not is refused", "[engine][device]") {
  const CudaSurvey cuda = cuda_survey();
  CHECK(cuda.gpus.empty() != cuda.reason.empty());
  const std::string reason = gpu_unsupported_reason(0);
  if (reason.empty()) {
    CHECK(find_device("auto").backend == Backend::cuda);
    CHECK(find_device("cuda").index == 0);
    CHECK_THAT(describe(Device::cuda()), Contains("cuda:0, " + cuda.gpus[0].name));
  } else {
    CHECK(find_device("auto").backend == Backend::cpu);
    REQUIRE_THROWS_WITH(find_device("cuda"), Contains("device: cuda cannot be used: " + reason));
    REQUIRE_THROWS_WITH(cuda_runtime(0), Contains("device cuda:0 cannot be used: " + reason));
  }
  REQUIRE_THROWS_WITH(find_device("cuda:999"), Contains("device: cuda:999 cannot be used: "));
#ifndef TUNA_HAS_CUDA
  CHECK(reason == "this build has no backend cuda");
#endif
}

}  // namespace tuna
