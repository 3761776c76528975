#include "kernels/conv/cudnn.h"

#ifdef TUNA_HAS_CUDA

#include <cudnn.h>

#include <algorithm>
#include <array>
#include <optional>

#include "engine/library_handle.h"
#include "engine/memory.h"

namespace tuna {
namespace {

void checked(cudnnStatus_t status, const char* call) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  std::array<char, 512> detail{};
  cudnnGetLastErrorString(detail.data(), detail.size());
  fail("{}: {} {}", call, cudnnGetErrorString(status), detail.data());
}

/// A descriptor of cuDNN's: attributes are set, then it is finalized, then others refer to it.
class Descriptor {
 public:
  explicit Descriptor(cudnnBackendDescriptorType_t type) {
    checked(cudnnBackendCreateDescriptor(type, &descriptor_), "cudnnBackendCreateDescriptor");
  }
  ~Descriptor() {
    if (descriptor_) cudnnBackendDestroyDescriptor(descriptor_);
  }
  Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, nullptr)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  template <class T>
  Descriptor& set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, const std::vector<T>& values) {
    checked(cudnnBackendSetAttribute(descriptor_, name, type, int64_t(values.size()), values.data()),
            "cudnnBackendSetAttribute");
    return *this;
  }
  Descriptor& set(cudnnBackendAttributeName_t name, const std::vector<int64_t>& values) {
    return set(name, CUDNN_TYPE_INT64, values);
  }
  Descriptor& set_list(cudnnBackendAttributeName_t name, const std::vector<Descriptor>& others) {
    std::vector<cudnnBackendDescriptor_t> raw;
    for (const Descriptor& other : others) raw.push_back(other.descriptor_);
    return set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, raw);
  }
  Descriptor& set(cudnnBackendAttributeName_t name, const Descriptor& other) {
    return set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, std::vector<cudnnBackendDescriptor_t>{other.descriptor_});
  }

  Descriptor&& finalize() {
    checked(cudnnBackendFinalize(descriptor_), "cudnnBackendFinalize");
    return std::move(*this);
  }

  int64_t number(cudnnBackendAttributeName_t name) const {
    int64_t value = 0, count = 0;
    checked(cudnnBackendGetAttribute(descriptor_, name, CUDNN_TYPE_INT64, 1, &count, &value),
            "cudnnBackendGetAttribute");
    return value;
  }

  /// The setting of a knob that a choice of it makes.
  std::pair<int64_t, int64_t> knob() const {
    cudnnBackendKnobType_t type = CUDNN_KNOB_TYPE_COUNTS;
    int64_t count = 0;
    checked(
        cudnnBackendGetAttribute(descriptor_, CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE, CUDNN_TYPE_KNOB_TYPE, 1, &count, &type),
        "cudnnBackendGetAttribute");
    return {type, number(CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE)};
  }

  /// A list of other descriptors.
  std::vector<Descriptor> list(cudnnBackendAttributeName_t name, cudnnBackendDescriptorType_t type) const {
    int64_t count = 0;
    checked(cudnnBackendGetAttribute(descriptor_, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, &count, nullptr),
            "cudnnBackendGetAttribute");
    std::vector<Descriptor> items;
    std::vector<cudnnBackendDescriptor_t> raw;
    for (int64_t i = 0; i < count; ++i) raw.push_back(items.emplace_back(type).descriptor_);
    checked(cudnnBackendGetAttribute(descriptor_, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, count, &count, raw.data()),
            "cudnnBackendGetAttribute");
    items.erase(items.begin() + count, items.end());  // it may have promised more than it gave
    return items;
  }

  /// What cuDNN says of the arithmetic of an engine.
  std::vector<cudnnBackendNumericalNote_t> numerical_notes() const {
    std::vector<cudnnBackendNumericalNote_t> notes(CUDNN_NUMERICAL_NOTE_TYPE_COUNT);
    int64_t count = 0;
    checked(cudnnBackendGetAttribute(descriptor_, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE,
                                     int64_t(notes.size()), &count, notes.data()),
            "cudnnBackendGetAttribute");
    notes.resize(size_t(count));
    return notes;
  }

  void execute(cudnnHandle_t handle, const Descriptor& pack) const {
    checked(cudnnBackendExecute(handle, descriptor_, pack.descriptor_), "cudnnBackendExecute");
  }

 private:
  cudnnBackendDescriptor_t descriptor_ = nullptr;
};

using Handle = LibraryHandle<cudnnHandle_t, cudnnCreate, cudnnSetStream, cudnnDestroy, checked>;

/// The GPU that is asked about: one that is there, by its handle, or one that is described.
class Target {
 public:
  Target(const Device& device, const std::string& gpu) {
    if (gpu.empty()) {
      handle_ = one_per_gpu<Handle>(device.index);
      return;
    }
    description_.emplace(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
    description_
        ->set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, std::vector<char>(gpu.begin(), gpu.end()))
        .finalize();
  }

  cudnnHandle_t handle() const { return handle_; }

  /// Says so to a descriptor that takes a handle, a description, or both by turns.
  void set_handle(Descriptor& descriptor, cudnnBackendAttributeName_t name) const {
    if (!description_) descriptor.set(name, CUDNN_TYPE_HANDLE, std::vector{handle_});
  }
  void set_description(Descriptor& descriptor, cudnnBackendAttributeName_t name) const {
    if (description_) descriptor.set(name, *description_);
  }

 private:
  cudnnHandle_t handle_ = nullptr;
  std::optional<Descriptor> description_;
};

constexpr int64_t kX = 'x', kWeight = 'w', kY = 'y';  // the names of tensors
constexpr int64_t kAlignment = 16;                    // bytes; of every value that is no part of another

cudnnDataType_t data_type(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return CUDNN_DATA_FLOAT;
    case DType::f16:
      return CUDNN_DATA_HALF;
    case DType::bf16:
      return CUDNN_DATA_BFLOAT16;
    default:
      fail("no convolution of {}", to_string(dtype));
  }
}

/// [n, c, h, w] as cuDNN counts, with channels side by side in memory.
Descriptor nhwc(int64_t name, DType dtype, const Shape& shape) {
  Descriptor tensor(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  tensor.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, std::vector{data_type(dtype)})
      .set(CUDNN_ATTR_TENSOR_DIMENSIONS, {shape.n, shape.c, shape.h, shape.w})
      .set(CUDNN_ATTR_TENSOR_STRIDES, {shape.h * shape.w * shape.c, 1, shape.w * shape.c, shape.c})
      .set(CUDNN_ATTR_TENSOR_UNIQUE_ID, {name})
      .set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, {kAlignment});
  return tensor.finalize();
}

/// How the three directions spell the same things.
struct Spelling {
  cudnnBackendDescriptorType_t operation;
  cudnnBackendAttributeName_t x, weight, y, convolution, alpha, beta;
};

Spelling spelling(ConvDirection direction) {
  switch (direction) {
    case ConvDirection::forward:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA};
    case ConvDirection::backward_data:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA};
    default:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA};
  }
}

/// A graph of one operation.
Descriptor graph_of(ConvDirection direction, const ConvProblem& p, const Target& target) {
  Descriptor convolution(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  convolution.set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, std::vector{CUDNN_DATA_FLOAT})
      .set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, std::vector{CUDNN_CROSS_CORRELATION})
      .set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, {2})
      .set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, {p.stride, p.stride})
      .set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, {p.padding, p.padding})
      .set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, {p.padding, p.padding})
      .set(CUDNN_ATTR_CONVOLUTION_DILATIONS, {1, 1})
      .finalize();
  const Spelling names = spelling(direction);
  Descriptor operation(names.operation);
  operation.set(names.x, nhwc(kX, p.dtype, {p.samples, p.height, p.width, p.channels}))
      .set(names.weight, nhwc(kWeight, p.dtype, {p.out_channels, p.kernel_height, p.kernel_width, p.channels}))
      .set(names.y, nhwc(kY, p.dtype, {p.samples, p.out_height, p.out_width, p.out_channels}))
      .set(names.convolution, convolution)
      .set(names.alpha, CUDNN_TYPE_FLOAT, std::vector{1.0f})
      .set(names.beta, CUDNN_TYPE_FLOAT, std::vector{0.0f})
      .finalize();
  Descriptor graph(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  target.set_handle(graph, CUDNN_ATTR_OPERATIONGRAPH_HANDLE);
  return graph.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operation).finalize();
}

/// What is multiplied: f32 as it is, f32 that may be rounded to TF32, or a short type.
enum class Factors : uint8_t { f32, tf32, short_type };

Factors factors(const ConvProblem& problem, Precision precision) {
  if (is_short(problem.dtype)) return Factors::short_type;
  return precision == Precision::fp32 ? Factors::f32 : Factors::tf32;
}

bool is_wanted(const Descriptor& engine, Factors factors) {
  for (const cudnnBackendNumericalNote_t note : engine.numerical_notes()) switch (note) {
      case CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC:
      case CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION:
        return false;
      case CUDNN_NUMERICAL_NOTE_TENSOR_CORE:  // on f32 it is TF32
        if (factors == Factors::f32) return false;
        break;
      case CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS:  // to f16, which has no room for the exponents of f32
        if (factors != Factors::short_type) return false;
        break;
      default:
        break;
    }
  return true;
}

struct Plan {
  Descriptor plan;
  ConvEngine engine;
  size_t workspace;
};

ConvEngine engine_of(const Descriptor& config) {
  const std::vector<Descriptor> engine = config.list(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  ConvEngine result{engine.at(0).number(CUDNN_ATTR_ENGINE_GLOBAL_INDEX), {}};
  for (const Descriptor& choice : config.list(CUDNN_ATTR_ENGINECFG_KNOB_CHOICES, CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR))
    result.knobs.insert(choice.knob());
  return result;
}

Plan plan_of(const Descriptor& config, const Target& target) {
  Descriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, config);
  target.set_handle(plan, CUDNN_ATTR_EXECUTION_PLAN_HANDLE);
  target.set_description(plan, CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP);
  plan.finalize();
  const int64_t workspace = plan.number(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE);
  return {std::move(plan), engine_of(config), size_t(workspace)};
}

std::vector<Descriptor> offers(const Descriptor& graph, Factors factors, const Target& target) {
  std::vector<Descriptor> wanted;
  for (const cudnnBackendHeurMode_t mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
    Descriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
    heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph)
        .set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, std::vector{mode});
    target.set_description(heuristics, CUDNN_ATTR_ENGINEHEUR_DEVICEPROP);
    heuristics.finalize();
    for (Descriptor& config : heuristics.list(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR))
      if (is_wanted(config.list(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR).at(0), factors))
        wanted.push_back(std::move(config));
  }
  return wanted;
}

const char* kind_of(Factors factors) {
  switch (factors) {
    case Factors::f32:
      return "deterministic, multiplying in f32";
    case Factors::tf32:
      return "deterministic, multiplying in f32 or TF32";
    default:
      return "deterministic";
  }
}

/// The fixed rule.
Plan first_plan(const Descriptor& graph, Factors factors, const Target& target) {
  std::string why;
  const std::vector<Descriptor> configs = offers(graph, factors, target);
  for (const Descriptor& config : configs) try {
      return plan_of(config, target);
    } catch (const Error& error) {
      why = fmt::format("; the last one said: {}", error.what());
    }
  fail("of the {} engines that it offers, {}, none runs on this GPU{}", configs.size(), kind_of(factors), why);
}

/// The engine of a plan file, which an older build or a person may have written.
Plan tuned_plan(const Descriptor& graph, const ConvEngine& wanted, Factors factors, const Target& target) {
  try {
    Descriptor engine(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
    engine.set(CUDNN_ATTR_ENGINE_OPERATION_GRAPH, graph).set(CUDNN_ATTR_ENGINE_GLOBAL_INDEX, {wanted.index});
    target.set_description(engine, CUDNN_ATTR_ENGINE_DEVICEPROP);
    engine.finalize();
    check(is_wanted(engine, factors), "is not {}", kind_of(factors));
    std::vector<Descriptor> knobs;
    for (const auto& [type, value] : wanted.knobs)
      knobs.emplace_back(CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR)
          .set(CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE, CUDNN_TYPE_KNOB_TYPE, std::vector{cudnnBackendKnobType_t(type)})
          .set(CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE, {value})
          .finalize();
    Descriptor config(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
    config.set(CUDNN_ATTR_ENGINECFG_ENGINE, engine).set_list(CUDNN_ATTR_ENGINECFG_KNOB_CHOICES, knobs).finalize();
    return plan_of(config, target);
  } catch (const Error& error) {
    fail("{} of the plan: {}", to_string(wanted), error.what());
  }
}

Plan choose_plan(ConvDirection direction, const ConvProblem& problem, const Device& device, const Target& target) {
  const Descriptor graph = graph_of(direction, problem, target);
  const ConvEngine* tuned = device.conv_plans ? device.conv_plans->find(direction, problem, device.precision) : nullptr;
  const Factors may_be = factors(problem, device.precision);
  return tuned ? tuned_plan(graph, *tuned, may_be, target) : first_plan(graph, may_be, target);
}

/// Puts the name of the convolution before the message of an error.
template <class Call>
auto named(ConvDirection direction, const ConvProblem& problem, Call call) {
  try {
    return call();
  } catch (const Error& error) {
    fail("cuDNN: {} of {}: {}", to_string(direction), problem.name(), error.what());
  }
}

}  // namespace

Prepared cudnn_convolution(ConvDirection direction, const ConvProblem& problem, const Device& device) {
  return named(direction, problem, [&] {
    const Target target(device, "");
    const cudnnHandle_t handle = target.handle();
    const auto chosen = std::make_shared<Plan>(choose_plan(direction, problem, device, target));
    return Prepared{chosen->workspace, [=](const Args& args, Stream&) {
                      named(direction, problem, [&] {
                        const ConvMemory memory = conv_memory(direction, args);
                        for (const void* each : {memory.x, memory.weight, memory.y})
                          check(reinterpret_cast<uintptr_t>(each) % kAlignment == 0,
                                "a part of a larger value that begins on no border of {} bytes", kAlignment);
                        Descriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
                        pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, {kX, kWeight, kY})
                            .set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR,
                                 std::vector{memory.x, memory.weight, memory.y})
                            .set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, std::vector{args.workspace})
                            .finalize();
                        chosen->plan.execute(handle, pack);
                      });
                    }};
  });
}

std::vector<ConvEngine> cudnn_offers(ConvDirection direction, const ConvProblem& problem, const Device& device,
                                     const std::string& gpu) {
  return named(direction, problem, [&] {
    const Target target(device, gpu);
    std::vector<ConvEngine> engines;
    for (const Descriptor& config :
         offers(graph_of(direction, problem, target), factors(problem, device.precision), target))
      engines.push_back(engine_of(config));
    return engines;
  });
}

CudnnChoice cudnn_choice(ConvDirection direction, const ConvProblem& problem, const Device& device,
                         const std::string& gpu) {
  return named(direction, problem, [&] {
    const Plan chosen = choose_plan(direction, problem, device, Target(device, gpu));
    return CudnnChoice{chosen.engine, chosen.workspace};
  });
}

std::string cudnn_version() {
  const size_t version = cudnnGetVersion();  // 91002
  return fmt::format("cuDNN {}.{}.{}", version / 10000, version / 100 % 100, version % 100);
}

}  // namespace tuna

#else

namespace tuna {
std::string cudnn_version() { return "none"; }
}  // namespace tuna

#endif
