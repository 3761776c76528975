// Which engines of cuDNN would run, on GPUs that need not be there: cuDNN chooses from a description of them.
#include "kernels/conv/cudnn.h"

#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/op_checks.h"
#include "training/methods/tuna_net_step.h"

#ifdef TUNA_HAS_CUDA

namespace tuna {
namespace {

/// A GPU as cuDNN describes it to itself.
std::string gpu(int compute_capability, int processors, int shared_memory) {
  return nlohmann::json({{"deviceName", "a GPU"},
                         {"deviceVer", compute_capability},
                         {"driverVer", 13000},
                         {"cudaDeviceId", 0},
                         {"pciDeviceId", 0},
                         {"isTccDriver", 0},
                         {"supportCoopLaunch", 1},
                         {"multiProcessorCount", processors},
                         {"totalGlobalMem", size_t(16) << 30},
                         {"l2CacheSize", 4 << 20},
                         {"smClockRateKHz", 1500000},
                         {"memClockRateKHz", 1000000},
                         {"warpSize", 32},
                         {"regsPerBlock", 65536},
                         {"maxRegistersPerSM", 65536},
                         {"maxSharedMemoryPerBlock", 49152},
                         {"maxSharedMemoryPerBlockOptin", shared_memory},
                         {"reservedSharedMemoryPerBlock", 1024},
                         {"maxCtasPerSM", 16},
                         {"maxThreadsPerSM", 1024},
                         {"maxThreadsPerBlock", 1024},
                         {"maxGridSize", {2147483647, 65535, 65535}},
                         {"maxBlockSize", {1024, 1024, 64}}})
      .dump();
}

struct Problem {
  ConvDirection direction;
  ConvProblem problem;

  std::string name() const { return fmt::format("{} of {}", to_string(direction), problem.name()); }
};

/// The convolutions that a program records, each once, but for linear layers.
void add_problems(const Program& program, std::map<std::string, Problem>& found) {
  for (const Step& step : program.steps()) {
    const auto shape = [&](uint32_t id) { return program.value(id).type.shape; };
    const auto add = [&](ConvDirection direction, const ConvProblem& problem) {
      const Problem each{direction, problem};
      if (problem.height > 1 || problem.kernel_height > 1) found.emplace(each.name(), each);
    };
    if (const auto* op = dynamic_cast<const Conv2d*>(step.op.get()))
      add(ConvDirection::forward, conv_problem(shape(step.in[0]), shape(step.in[1]), shape(step.out[0]), *op));
    if (const auto* op = dynamic_cast<const Conv2dBackwardData*>(step.op.get()))
      add(ConvDirection::backward_data, conv_problem(shape(step.out[0]), shape(step.in[1]), shape(step.in[0]), *op));
    if (const auto* op = dynamic_cast<const Conv2dBackwardWeight*>(step.op.get()))
      add(ConvDirection::backward_weight, conv_problem(shape(step.in[0]), shape(step.out[0]), shape(step.in[1]), *op));
  }
}

struct TargetGpu {
  const char* capability;
  std::string description;
  bool has_bf16 = true;
};
const TargetGpu kTuring{"7.5", gpu(750, 40, 65536), false}, kA100{"8.0", gpu(800, 108, 166912)},
    kAmpere{"8.6", gpu(860, 82, 101376)}, kHopper{"9.0", gpu(900, 132, 232448)},
    kBlackwell{"10.0", gpu(1000, 148, 232448)};

void check_choices(const std::map<std::string, Problem>& problems, const std::vector<TargetGpu>& gpus) {
  for (const TargetGpu& gpu : gpus)
    for (const Precision precision : {Precision::fp32, Precision::tf32, Precision::bf16, Precision::fp16}) {
      if (precision == Precision::bf16 && !gpu.has_bf16) continue;
      const auto choice = [&](const Problem& each) {
        return cudnn_choice(each.direction, each.problem, activation_type(precision), precision, gpu.description);
      };
      std::map<std::string, std::string> choices;
      for (const auto& [name, each] : problems) {
        INFO("compute capability " << gpu.capability << ", " << to_string(precision) << ": " << name);
        REQUIRE_NOTHROW(choices[name] = choice(each));
      }
      const auto& [name, each] = *problems.begin();
      CHECK(choice(each) == choices[name]);
    }
}

}  // namespace

TEST_CASE("cuDNN has a deterministic engine for each convolution of the paper's step", "[cudnn]") {
  std::map<std::string, Problem> problems;
  Program program;
  record_tuna_net_step(program, {});
  add_problems(program, problems);
  CHECK(problems.size() > 60);
  check_choices(problems, {kTuring, kHopper});
}

TEST_CASE("cuDNN has a deterministic engine for each convolution of the op table", "[cudnn]") {
  std::map<std::string, Problem> problems;
  for (const OpRow& row : op_rows())
    if (row.op.rfind("conv", 0) == 0 && row.refusal.empty() && !row.benchmark_only)
      add_problems(RowRun(row.build, DType::f32, Device::reference(), 1).program, problems);
  CHECK(problems.size() > 30);
  check_choices(problems, {kTuring, kA100, kAmpere, kHopper, kBlackwell});
}

TEST_CASE("an error of cuDNN names the convolution", "[cudnn]") {
  const ConvProblem impossible{1, 8, 8, 4, 5, 5, 4, 3, 3, 1, 0};  // would be 6 x 6 pixels
  REQUIRE_THROWS_WITH(
      cudnn_choice(ConvDirection::forward, impossible, DType::f32, Precision::fp32, gpu(900, 132, 232448)),
      Contains("cuDNN: convolution of 1x8x8x4 with 3x3 kernel, 4 output channels, stride 1, padding 0: cudnnBackend"));
  REQUIRE_THROWS_WITH(cudnn_choice(ConvDirection::forward, impossible, DType::f32, Precision::fp32, "{}"),
                      Contains("CUDNN_STATUS_BAD_PARAM"));
}

}  // namespace tuna

#endif
