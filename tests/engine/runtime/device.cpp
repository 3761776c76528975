#include "engine/runtime/device.h"

#include "engine/runtime/cuda_runtime.h"
#include "tests/catch.h"

namespace tuna {

TEST_CASE("devices have names", "[engine][device]") {
  for (const char* name : {"auto", "cpu", "emulated", "cuda", "cuda:0", "cuda:12"}) CHECK(Device::is_name(name));
  for (const char* name : {"", "gpu", "Cuda", "cuda:", "cuda:-1", "cuda:x", "cuda:0 ", "cuda:1234", "ref"}) {
    CHECK_FALSE(Device::is_name(name));
    REQUIRE_THROWS_WITH(Device::by_name(name), Contains("is not auto, cpu, emulated, cuda or cuda:N"));
  }
  CHECK(to_string(Device::cuda(3)) == "cuda:3");
  CHECK(to_string(Device::emulated()) == "emulated");
  CHECK(Device::by_name("cpu").backend == Backend::cpu);
  CHECK(Device::by_name("cpu").precision == Precision::fp32);
  CHECK_THAT(describe(Device::by_name("cpu")), Contains("cpu, ") && Contains(" thread"));
}

TEST_CASE("a device says which precision it lacks", "[engine][device]") {
  CHECK(Device::cpu().with(Precision::fp32).precision == Precision::fp32);
  for (const Precision precision : {Precision::tf32, Precision::bf16, Precision::fp16}) {
    REQUIRE_THROWS_WITH(Device::cpu().with(precision),
                        Contains("precision: the cpu computes in fp32 only, not " + to_string(precision)));
    CHECK(Device::emulated().with(precision).precision == precision);
  }
  CHECK(activation_type(Precision::bf16) == DType::bf16);
  CHECK(activation_type(Precision::fp16) == DType::f16);
  CHECK(activation_type(Precision::tf32) == DType::f32);
}

TEST_CASE("a GPU that works is found, and one that does not is refused", "[engine][device]") {
  const CudaSurvey cuda = cuda_survey();
  CHECK(cuda.gpus.empty() != cuda.trouble.empty());
  const std::string trouble = trouble_with_gpu(0);
  if (trouble.empty()) {
    CHECK(Device::by_name("auto").backend == Backend::cuda);
    CHECK(Device::by_name("cuda").index == 0);
    CHECK_THAT(describe(Device::cuda()), Contains("cuda:0, " + cuda.gpus[0].name));
  } else {
    CHECK(Device::by_name("auto").backend == Backend::cpu);
    REQUIRE_THROWS_WITH(Device::by_name("cuda"), Contains("device: cuda cannot be used: " + trouble));
    REQUIRE_THROWS_WITH(cuda_runtime(0), Contains("device cuda:0 cannot be used: " + trouble));
  }
  REQUIRE_THROWS_WITH(Device::by_name("cuda:999"), Contains("device: cuda:999 cannot be used: "));
#ifndef TUNA_HAS_CUDA
  CHECK(trouble == "this build has no backend cuda");
#endif
}

}  // namespace tuna
