#include "kernels/libraries/cudnn.h"

#ifdef TUNA_HAS_CUDA

#include <array>

namespace tuna::cudnn {

void checked(cudnnStatus_t status, const char* call) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  std::array<char, 512> detail{};
  cudnnGetLastErrorString(detail.data(), detail.size());
  fail("{}: {} {}", call, cudnnGetErrorString(status), detail.data());
}

std::string version() {
  const size_t version = cudnnGetVersion();  // 91002
  return fmt::format("cuDNN {}.{}.{}", version / 10000, version / 100 % 100, version % 100);
}

std::string current_gpu_unsupported_reason() {
  if (std::string reason = cuda_unsupported_reason(cudnnGetCudartVersion()); !reason.empty()) return reason;
  cudnnHandle_t handle = nullptr;
  const cudnnStatus_t status = cudnnCreate(&handle);
  if (status != CUDNN_STATUS_SUCCESS)
    return fmt::format("{} does not work: {}", version(), cudnnGetErrorString(status));
  cudnnDestroy(handle);
  return "";
}

namespace {

const GpuCheck works(current_gpu_unsupported_reason);

}  // namespace

std::string cuda_unsupported_reason(size_t cuda_version) {
  constexpr size_t kOurs = CUDART_VERSION / 1000;
  if (cuda_version / 1000 == kOurs) return "";
  return fmt::format("{} is for CUDA {}, and this build is for CUDA {}, as is the cuDNN of pip's nvidia-cudnn-cu{}",
                     version(), cuda_version / 1000, kOurs, kOurs);
}

namespace {

cudnnDataType_t data_type(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return CUDNN_DATA_FLOAT;
    case DType::f16:
      return CUDNN_DATA_HALF;
    case DType::bf16:
      return CUDNN_DATA_BFLOAT16;
    default:
      fail("cuDNN: the type must be f32, f16 or bf16, got {}", to_string(dtype));
  }
}

}  // namespace

Descriptor nhwc(int64_t name, DType dtype, const Shape& shape) {
  Descriptor tensor(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  tensor.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, std::vector{data_type(dtype)})
      .set(CUDNN_ATTR_TENSOR_DIMENSIONS, {shape.n, shape.c, shape.h, shape.w})
      .set(CUDNN_ATTR_TENSOR_STRIDES, {shape.h * shape.w * shape.c, 1, shape.w * shape.c, shape.c})
      .set(CUDNN_ATTR_TENSOR_UNIQUE_ID, {name})
      .set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, {kTensorAlignment});
  return tensor.finalize();
}

Descriptor host_number(int64_t name) {
  Descriptor number(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  number.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, std::vector{CUDNN_DATA_FLOAT})
      .set(CUDNN_ATTR_TENSOR_DIMENSIONS, {1, 1, 1, 1})
      .set(CUDNN_ATTR_TENSOR_STRIDES, {1, 1, 1, 1})
      .set(CUDNN_ATTR_TENSOR_UNIQUE_ID, {name})
      .set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, {int64_t(alignof(float))})
      .set(CUDNN_ATTR_TENSOR_IS_BY_VALUE, CUDNN_TYPE_BOOLEAN, std::vector<char>{1});
  return number.finalize();
}

Descriptor graph_of(const Descriptor& operation, const QueriedGpu& queried) {
  Descriptor graph(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  queried.set_handle(graph, CUDNN_ATTR_OPERATIONGRAPH_HANDLE);
  return graph.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operation).finalize();
}

namespace {

size_t queries = 0;

}  // namespace

size_t heuristics_queries() { return queries; }

std::vector<Descriptor> configurations(const Descriptor& graph, cudnnBackendHeurMode_t mode,
                                       const QueriedGpu& queried) {
  ++queries;
  Descriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph)
      .set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, std::vector{mode});
  queried.set_description(heuristics, CUDNN_ATTR_ENGINEHEUR_DEVICEPROP);
  heuristics.finalize();
  return heuristics.list(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
}

Descriptor execution_plan(const Descriptor& configuration, const QueriedGpu& queried) {
  Descriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration);
  queried.set_handle(plan, CUDNN_ATTR_EXECUTION_PLAN_HANDLE);
  queried.set_description(plan, CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP);
  return plan.finalize();
}

size_t workspace_of(const Descriptor& plan) { return size_t(plan.number(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE)); }

void execute(cudnnHandle_t handle, const Descriptor& plan, const std::vector<Place>& tensors, void* workspace) {
  std::vector<int64_t> names;
  std::vector<void*> memory;
  for (const Place& tensor : tensors) {
    names.push_back(tensor.name);
    memory.push_back(tensor.memory);
  }
  Descriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, names)
      .set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, memory)
      .set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, std::vector{workspace})
      .finalize();
  plan.execute(handle, pack);
}

}  // namespace tuna::cudnn

namespace tuna {
std::string cudnn_version() { return cudnn::version(); }
}  // namespace tuna

#else

namespace tuna {
std::string cudnn_version() { return "none"; }
}  // namespace tuna

#endif
