#include "kernels/conv/cuda/cudnn_engines.h"

#ifdef TUNA_HAS_CUDA

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "kernels/libraries/cudnn.h"

namespace tuna {
namespace {

using namespace cudnn;

constexpr int64_t kX = 'x', kWeight = 'w', kY = 'y';  // the names of tensors

/// The names of cuDNN's attributes in one of the three directions.
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

Descriptor graph_of(ConvDirection direction, const ConvProblem& p, const QueriedGpu& queried) {
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
  return cudnn::graph_of(operation, queried);
}

/// The type of the factors: f32 as it is, f32 that may be rounded to TF32, or a reduced-precision type.
enum class Factors : uint8_t { f32, tf32, reduced };

Factors factors(const ConvProblem& problem, Precision precision) {
  if (is_reduced_precision(problem.dtype)) return Factors::reduced;
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
      case CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS:  // to f16, whose exponent range is smaller than that of f32
        if (factors != Factors::reduced) return false;
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
  bool tensor_cores;
};

ConvEngine engine_of(const Descriptor& config) {
  const std::vector<Descriptor> engine = config.list(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  ConvEngine result{engine.at(0).number(CUDNN_ATTR_ENGINE_GLOBAL_INDEX), {}};
  for (const Descriptor& choice : config.list(CUDNN_ATTR_ENGINECFG_KNOB_CHOICES, CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR))
    result.knobs.insert(choice.knob());
  return result;
}

bool uses_tensor_cores(const Descriptor& config) {
  const std::vector<Descriptor> engine = config.list(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  const std::vector<cudnnBackendNumericalNote_t> notes = engine.at(0).numerical_notes();
  return std::count(notes.begin(), notes.end(), CUDNN_NUMERICAL_NOTE_TENSOR_CORE) > 0;
}

Plan plan_of(const Descriptor& config, const QueriedGpu& queried) {
  Descriptor plan = execution_plan(config, queried);
  const size_t workspace = workspace_of(plan);
  return {std::move(plan), engine_of(config), workspace, uses_tensor_cores(config)};
}

std::vector<Descriptor> offers(const Descriptor& graph, Factors factors, const QueriedGpu& queried) {
  std::vector<Descriptor> wanted;
  for (const cudnnBackendHeurMode_t mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK})
    for (Descriptor& config : configurations(graph, mode, queried))
      if (is_wanted(config.list(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR).at(0), factors))
        wanted.push_back(std::move(config));
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

/// The fixed rule: the first engine that runs on the GPU; if it needs more than kLargeWorkspace, the first of the later
/// ones that needs less and uses tensor cores, if one does.  Among the others, those that need little may be cuDNN's
/// generic engines, which are slow.
Plan first_plan(const Descriptor& graph, Factors factors, const QueriedGpu& queried) {
  std::string why;
  std::optional<Plan> first;
  const std::vector<Descriptor> configs = offers(graph, factors, queried);
  for (const Descriptor& config : configs) try {
      Plan plan = plan_of(config, queried);
      if (plan.workspace <= kLargeWorkspace && (!first || plan.tensor_cores)) return plan;
      if (!first) first = std::move(plan);
    } catch (const Error& error) {
      why = fmt::format("; the last error: {}", error.what());
    }
  check(first.has_value(), "none of the {} engines offered ({}) runs on this GPU{}", configs.size(), kind_of(factors),
        why);
  return std::move(*first);
}

/// The engine of a tuning file, which may be from an older build or edited by hand.
Plan tuned_plan(const Descriptor& graph, const ConvEngine& wanted, Factors factors, const QueriedGpu& queried) {
  try {
    Descriptor engine(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
    engine.set(CUDNN_ATTR_ENGINE_OPERATION_GRAPH, graph).set(CUDNN_ATTR_ENGINE_GLOBAL_INDEX, {wanted.index});
    queried.set_description(engine, CUDNN_ATTR_ENGINE_DEVICEPROP);
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
    return plan_of(config, queried);
  } catch (const Error& error) {
    fail("{} of the tuning: {}", to_string(wanted), error.what());
  }
}

using SharedPlan = std::shared_ptr<const Plan>;

/// The plan of the fixed rule.  Kept for the life of the process: a query of the heuristics takes milliseconds, and
/// most convolutions of a network are equal.
SharedPlan first_plan_once(ConvDirection direction, const ConvProblem& problem, const Target& target,
                           const std::string& gpu) {
  static auto& known = *new std::map<std::string, SharedPlan>;  // CUDA may shut down before static destructors run
  ConvProblem without_bias = problem;
  without_bias.bias = false;  // which the plan does not add
  const std::string key = fmt::format("{}: {} to {}", gpu.empty() ? to_string(target.device) : gpu,
                                      conv_key(direction, without_bias, target.precision), to_string(problem.y()));
  if (const auto found = known.find(key); found != known.end()) return found->second;
  const QueriedGpu queried(target.device, gpu);
  return known[key] = std::make_shared<Plan>(
             first_plan(graph_of(direction, problem, queried), factors(problem, target.precision), queried));
}

SharedPlan choose_plan(ConvDirection direction, const ConvProblem& problem, const Target& target,
                       const std::string& gpu = "") {
  const ConvChoice* choice =
      target.conv_choices ? target.conv_choices->find(direction, problem, target.precision) : nullptr;
  if (!choice || !choice->engine) return first_plan_once(direction, problem, target, gpu);
  const QueriedGpu queried(target.device, gpu);
  return std::make_shared<Plan>(
      tuned_plan(graph_of(direction, problem, queried), *choice->engine, factors(problem, target.precision), queried));
}

/// Prefixes the message of an error with the name of the convolution.
template <class Call>
auto named(ConvDirection direction, const ConvProblem& problem, Call call) {
  try {
    return call();
  } catch (const Error& error) {
    fail("cuDNN: {} of {}: {}", to_string(direction), problem.name(), error.what());
  }
}

}  // namespace

Prepared cudnn_convolution(ConvDirection direction, const ConvProblem& problem, const Target& target) {
  return named(direction, problem, [&] {
    const cudnnHandle_t handle = QueriedGpu(target.device, "").handle();
    const SharedPlan chosen = choose_plan(direction, problem, target);
    return Prepared{
        chosen->workspace, [=](const Args& args, Stream&) {
          named(direction, problem, [&] {
            const ConvMemory memory = conv_memory(direction, args);
            for (const void* each : {memory.x, memory.weight, memory.y})
              check(reinterpret_cast<uintptr_t>(each) % kTensorAlignment == 0,
                    "a tensor that is part of a larger one is not aligned to {} bytes", kTensorAlignment);
            execute(handle, chosen->plan, {{kX, memory.x}, {kWeight, memory.weight}, {kY, memory.y}}, args.workspace);
          });
        }};
  });
}

std::vector<ConvEngine> cudnn_offers(ConvDirection direction, const ConvProblem& problem, const Target& target,
                                     const std::string& gpu) {
  return named(direction, problem, [&] {
    const QueriedGpu queried(target.device, gpu);
    std::vector<ConvEngine> engines;
    for (const Descriptor& config :
         offers(graph_of(direction, problem, queried), factors(problem, target.precision), queried))
      engines.push_back(engine_of(config));
    return engines;
  });
}

CudnnChoice cudnn_choice(ConvDirection direction, const ConvProblem& problem, const Target& target,
                         const std::string& gpu) {
  return named(direction, problem, [&] {
    const SharedPlan chosen = choose_plan(direction, problem, target, gpu);
    return CudnnChoice{chosen->engine, chosen->workspace};
  });
}

}  // namespace tuna

#endif
