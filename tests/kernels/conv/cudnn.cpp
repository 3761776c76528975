// The engines that cuDNN chooses from the description of a GPU, which need not be installed.
#include "kernels/libraries/cudnn.h"

#include <dlfcn.h>

#include <nlohmann/json.hpp>
#include <set>

#include "kernels/conv/cuda/cudnn_engines.h"
#include "kernels/conv/tuning.h"
#include "tests/catch.h"
#include "tests/op_table/bench_cudnn_norm.h"
#include "tests/op_table/op_checks.h"
#include "training/methods/joint_step.h"

#ifdef TUNA_HAS_CUDA

namespace tuna {
namespace {

/// A GPU as CUDA describes it.
struct GpuProperties {
  const char* name;
  int compute_capability, processors;
  size_t mebibytes, l2_mebibytes;
  int shared_memory, reserved_shared_memory;  // bytes that a block may request, and that CUDA takes of it
  int blocks, threads;                        // that a multiprocessor runs at a time
  int clock, memory_clock;                    // MHz
  bool has_bf16 = true;

  /// In cuDNN's serialised form.
  std::string description() const {
    return nlohmann::json({{"deviceName", name},
                           {"deviceVer", compute_capability},
                           {"driverVer", 13000},
                           {"cudaDeviceId", 0},
                           {"pciDeviceId", 0},
                           {"isTccDriver", 0},
                           {"supportCoopLaunch", 1},
                           {"multiProcessorCount", processors},
                           {"totalGlobalMem", mebibytes << 20},
                           {"l2CacheSize", l2_mebibytes << 20},
                           {"smClockRateKHz", clock * 1000},
                           {"memClockRateKHz", memory_clock * 1000},
                           {"warpSize", 32},
                           {"regsPerBlock", 65536},
                           {"maxRegistersPerSM", 65536},
                           {"maxSharedMemoryPerBlock", 49152},
                           {"maxSharedMemoryPerBlockOptin", shared_memory},
                           {"reservedSharedMemoryPerBlock", reserved_shared_memory},
                           {"maxCtasPerSM", blocks},
                           {"maxThreadsPerSM", threads},
                           {"maxThreadsPerBlock", 1024},
                           {"maxGridSize", {2147483647, 65535, 65535}},
                           {"maxBlockSize", {1024, 1024, 64}}})
        .dump();
  }
};
const GpuProperties kT4{"Tesla T4", 750, 40, 15 << 10, 4, 65536, 0, 16, 1024, 1590, 5001, false};
const GpuProperties kA100{"NVIDIA A100-SXM4-80GB", 800, 108, 80 << 10, 40, 166912, 1024, 32, 2048, 1410, 1593};
const GpuProperties kRtx3090{"NVIDIA GeForce RTX 3090", 860, 82, 24 << 10, 6, 101376, 1024, 16, 1536, 1695, 9751};
const GpuProperties kH200{"NVIDIA H200", 900, 132, 140 << 10, 50, 232448, 1024, 32, 2048, 1980, 3201};
const GpuProperties kB200{"NVIDIA B200", 1000, 148, 178 << 10, 126, 232448, 1024, 32, 2048, 1965, 3996};

using Problems = std::map<std::string, ConvStep>;

// Precision is not checked against the device, because there need not be a GPU.
Target with_precision(Precision precision) {
  Target target = Device::cuda();
  target.precision = precision;
  return target;
}

/// Loads the driver's library or, without a driver, the toolkit's stub: cuDNN finds either by its name, and without it
/// offers no engines that it compiles at run time.
bool load_driver() {
  return ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL) || ::dlopen(TUNA_CUDA_STUB, RTLD_NOW | RTLD_GLOBAL);
}

/// `record` records the convolutions in the type of the activations of its program.
template <class Record>
void check_choices(Record record, size_t least, const std::vector<GpuProperties>& gpus) {
  for (const Precision precision : {Precision::fp32, Precision::tf32, Precision::bf16, Precision::fp16}) {
    const Target target = with_precision(precision);
    const Problems problems = record(activation_type(precision), precision);
    CHECK(problems.size() > least);
    for (const GpuProperties& gpu : gpus) {
      if (precision == Precision::bf16 && !gpu.has_bf16) continue;
      std::vector<CudnnChoice> choices;
      for (const auto& [name, each] : problems) {
        INFO(gpu.name << ": " << name);
        REQUIRE_NOTHROW(choices.push_back(cudnn_choice(each.direction, each.problem, target, gpu.description())));
      }
      const auto& each = problems.begin()->second;
      CHECK(cudnn_choice(each.direction, each.problem, target, gpu.description()) == choices[0]);
    }
  }
}

}  // namespace

TEST_CASE("cuDNN has a deterministic engine for each convolution of the paper's step", "[cudnn]") {
  const auto record = [](DType activation, Precision precision) {
    Program program(activation);
    record_joint_step(program, {}, {});
    return convolutions_by_key(program, precision);
  };
  check_choices(record, 60, {kT4, kH200});
}

TEST_CASE("cuDNN has a deterministic engine for each convolution of the op table", "[cudnn]") {
  const auto record = [](DType activation, Precision precision) {
    Problems problems;
    for (const OpRow& row : op_rows())
      if (row.op.rfind("conv", 0) == 0 && row.refusal.empty() && !row.benchmark_only)
        problems.merge(convolutions_by_key(RowRun(row.build, activation, Device::reference(), 1).program, precision));
    return problems;
  };
  check_choices(record, 30, {kT4, kA100, kRtx3090, kH200, kB200});
}

TEST_CASE("the engine and knobs of a tuning run, and elsewhere the fixed rule", "[cudnn]") {
  const ConvProblem wide{1, 64, 64, 128, 64, 64, 128, 3, 3, 1, 1}, narrow{1, 64, 64, 16, 64, 64, 128, 3, 3, 1, 1};
  const Target fixed = with_precision(Precision::tf32);
  for (const ConvDirection direction :
       {ConvDirection::forward, ConvDirection::backward_data, ConvDirection::backward_weight}) {
    const CudnnChoice first = cudnn_choice(direction, wide, fixed, kH200.description());
    int64_t others = 0;
    size_t with_knobs = 0;
    std::set<int64_t> engines;
    std::set<std::string> settings;  // an engine has several
    for (const ConvEngine& offer : cudnn_offers(direction, wide, fixed, kH200.description())) {
      engines.insert(offer.index);
      settings.insert(to_string(offer));
      INFO(to_string(direction) << ": " << to_string(offer));
      ConvChoices choices;
      choices.convolutions[conv_key(direction, wide, Precision::tf32)] = {"cudnn", offer, 1};
      Target tuned = fixed;
      tuned.conv_choices = std::make_shared<ConvChoices>(parse_tuning(tuning_json(choices), "tuning.json"));
      CHECK(cudnn_choice(direction, narrow, tuned, kH200.description())
            == cudnn_choice(direction, narrow, fixed, kH200.description()));
      try {
        CHECK(cudnn_choice(direction, wide, tuned, kH200.description()).engine == offer);
        others += !(offer == first.engine);
        with_knobs += !offer.knobs.empty();
      } catch (const Error& error) {  // offered, but not available: the fixed rule skips it, too
        CHECK_THAT(error.what(), Contains(to_string(offer) + " of the tuning: "));
      }
    }
    CHECK(others > 0);
    CHECK(with_knobs > 0);
    CHECK(settings.size() > engines.size());
  }
}

TEST_CASE("the heuristics are queried once for each convolution", "[cudnn]") {
  // Of a shape that no other test has, because the answers are kept for the life of the process.
  ConvProblem problem{1, 44, 44, 24, 44, 44, 40, 3, 3, 1, 1};
  const auto queries = [&](ConvDirection direction, Precision precision, const GpuProperties& gpu) {
    const size_t before = cudnn::heuristics_queries();
    const CudnnChoice choice = cudnn_choice(direction, problem, with_precision(precision), gpu.description());
    CHECK(cudnn_choice(direction, problem, with_precision(precision), gpu.description()) == choice);
    return cudnn::heuristics_queries() - before;
  };
  CHECK(queries(ConvDirection::forward, Precision::tf32, kH200) == 2);  // mode A and the fallback
  CHECK(queries(ConvDirection::forward, Precision::tf32, kH200) == 0);
  CHECK(queries(ConvDirection::backward_data, Precision::tf32, kH200) == 2);
  CHECK(queries(ConvDirection::forward, Precision::fp32, kH200) == 2);
  CHECK(queries(ConvDirection::forward, Precision::tf32, kA100) == 2);
  problem.bias = true;
  CHECK(queries(ConvDirection::forward, Precision::tf32, kH200) == 0);
  problem.dtype = DType::bf16;
  CHECK(queries(ConvDirection::forward, Precision::bf16, kH200) == 2);
}

TEST_CASE("an engine with a large workspace gives way to one that uses tensor cores, too", "[cudnn]") {
  const auto run = [](ConvDirection direction, const ConvProblem& problem) {
    const Target fixed = with_precision(Precision::tf32);
    std::vector<CudnnChoice> running;
    for (const ConvEngine& offer : cudnn_offers(direction, problem, fixed, kH200.description())) try {
        ConvChoices choices;
        choices.convolutions[conv_key(direction, problem, Precision::tf32)] = {"cudnn", offer, 1};
        Target tuned = fixed;
        tuned.conv_choices = std::make_shared<ConvChoices>(choices);
        running.push_back(cudnn_choice(direction, problem, tuned, kH200.description()));
      } catch (const Error&) {  // offered, but not available
      }
    return std::pair(running.at(0), cudnn_choice(direction, problem, fixed, kH200.description()));
  };
  const ConvProblem stem{1, 518, 518, 1, 512, 512, 64, 7, 7, 1, 0}, head{1, 518, 518, 64, 512, 512, 1, 7, 7, 1, 0};
  const auto [first_of_stem, of_stem] = run(ConvDirection::backward_data, stem);
  CHECK(first_of_stem.workspace > kLargeWorkspace);
  CHECK(of_stem.workspace <= kLargeWorkspace);
  // Those that need little here are generic.
  const auto [first_of_head, of_head] = run(ConvDirection::forward, head);
  CHECK(first_of_head.workspace > kLargeWorkspace);
  CHECK(of_head == first_of_head);
}

TEST_CASE("a tuning cannot choose an engine that is not deterministic, or does not exist", "[cudnn]") {
  const ConvProblem problem{1, 64, 64, 128, 64, 64, 128, 3, 3, 1, 1};
  Target target = with_precision(Precision::tf32);
  const auto refusal_of = [&](int64_t engine) -> std::string {
    ConvChoices choices;
    choices.convolutions[conv_key(ConvDirection::backward_weight, problem, Precision::tf32)] = {
        "cudnn", ConvEngine{engine, {}}, 1};
    target.conv_choices = std::make_shared<ConvChoices>(choices);
    try {
      cudnn_choice(ConvDirection::backward_weight, problem, target, kH200.description());
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  };
  int64_t not_deterministic = 0;  // atomics, or sums split over blocks
  for (int64_t engine = 0; engine < 100; ++engine)
    not_deterministic += refusal_of(engine).find("of the tuning: is not deterministic") != std::string::npos;
  CHECK(not_deterministic > 0);
  CHECK_THAT(refusal_of(123456),
             Contains("backward weights of 1x64x64x128") && Contains("engine 123456 of the tuning: cudnnBackend"));
}

TEST_CASE("cuDNN has engines for instance norm, which it compiles at run time", "[cudnn][bench]") {
  if (!load_driver()) return;
  const Shape block{1, 128, 128, 256};
  for (const DType dtype : {DType::f32, DType::bf16, DType::f16})
    CHECK(cudnn_offers_instance_norm({dtype, block}, Device::cuda(), kH200.description()));
  CHECK_FALSE(cudnn_offers_instance_norm({DType::f64, block}, Device::cuda(), kH200.description()));
}

TEST_CASE("a cuDNN that is for another CUDA is refused", "[cudnn]") {
  const size_t here = cudnnGetCudartVersion();
  CHECK(cudnn::cuda_unsupported_reason(here).empty());
  CHECK(cudnn::cuda_unsupported_reason(here / 1000 * 1000).empty());
  CHECK_THAT(cudnn::cuda_unsupported_reason(11080),
             Contains(cudnn_version() + " is for CUDA 11, and this build is for CUDA "));
}

TEST_CASE("an error of cuDNN names the convolution", "[cudnn]") {
  const ConvProblem impossible{1, 8, 8, 4, 5, 5, 4, 3, 3, 1, 0};  // the output is 6 x 6 pixels, not 5 x 5
  REQUIRE_THROWS_WITH(
      cudnn_choice(ConvDirection::forward, impossible, Device::cuda(), kH200.description()),
      Contains("cuDNN: convolution of 1x8x8x4 with 3x3 kernel, 4 output channels, stride 1, padding 0: cudnnBackend"));
  REQUIRE_THROWS_WITH(cudnn_choice(ConvDirection::forward, impossible, Device::cuda(), "{}"),
                      Contains("CUDNN_STATUS_BAD_PARAM"));
}

}  // namespace tuna

#endif
