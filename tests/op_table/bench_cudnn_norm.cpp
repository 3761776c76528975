#include "tests/op_table/bench_cudnn_norm.h"

#include "engine/program/kernel_registry.h"
#include "engine/runtime/memory.h"
#include "kernels/libraries/cudnn.h"

namespace tuna {

Tensors InstanceNormByCudnn::grad(const Tensors& in, const Tensors& out, const Tensors& dout) const {
  return record(InstanceNormBackwardByCudnn(), {in[0], out[1], out[2], dout[0]});
}

namespace {

// Other backends run the norm that it replaces: forward values that gradients need may be computed there.
template <class ByCudnn, class Norm>
struct ElsewhereAs {
  ElsewhereAs() {
    for (const Backend backend : {Backend::ref, Backend::cpu, Backend::emulated})
      register_kernel(typeid(ByCudnn), backend,
                      [backend](const Op& op, const Types& in, const Types& out, const Target& target) {
                        const Norm norm = static_cast<const Norm&>(op);
                        return find_kernel(norm, backend)(op, in, out, target);
                      });
  }
};

const ElsewhereAs<InstanceNormByCudnn, InstanceNorm> forward_elsewhere;
const ElsewhereAs<InstanceNormBackwardByCudnn, InstanceNormBackward> backward_elsewhere;

}  // namespace

#ifdef TUNA_HAS_CUDA

namespace {

using namespace cudnn;

constexpr int64_t kX = 'x', kY = 'y', kScale = 's', kBias = 'b', kEps = 'e', kMean = 'm', kRstd = 'r', kDx = 'd',
                  kDscale = 'p', kDbias = 'q';

struct NormTensors {
  Type x;

  Shape of_parameters() const { return {1, 1, 1, x.shape.c}; }
  Shape of_statistics() const { return {x.shape.n, 1, 1, x.shape.c}; }
  Descriptor image(int64_t name) const { return nhwc(name, x.dtype, x.shape); }
  Descriptor parameter(int64_t name) const { return nhwc(name, DType::f32, of_parameters()); }
  Descriptor statistic(int64_t name) const { return nhwc(name, DType::f32, of_statistics()); }
};

Descriptor forward_operation(const NormTensors& tensors) {
  Descriptor norm(CUDNN_BACKEND_OPERATION_NORM_FORWARD_DESCRIPTOR);
  norm.set(CUDNN_ATTR_OPERATION_NORM_FWD_MODE, CUDNN_TYPE_NORM_MODE, std::vector{CUDNN_INSTANCE_NORM})
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_PHASE, CUDNN_TYPE_NORM_FWD_PHASE, std::vector{CUDNN_NORM_FWD_TRAINING})
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_XDESC, tensors.image(kX))
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_SCALE_DESC, tensors.parameter(kScale))
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_BIAS_DESC, tensors.parameter(kBias))
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_EPSILON_DESC, host_number(kEps))
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_MEAN_DESC, tensors.statistic(kMean))
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_INV_VARIANCE_DESC, tensors.statistic(kRstd))
      .set(CUDNN_ATTR_OPERATION_NORM_FWD_YDESC, tensors.image(kY));
  return norm.finalize();
}

Descriptor backward_operation(const NormTensors& tensors) {
  Descriptor norm(CUDNN_BACKEND_OPERATION_NORM_BACKWARD_DESCRIPTOR);
  norm.set(CUDNN_ATTR_OPERATION_NORM_BWD_MODE, CUDNN_TYPE_NORM_MODE, std::vector{CUDNN_INSTANCE_NORM})
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_XDESC, tensors.image(kX))
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_DYDESC, tensors.image(kY))
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_SCALE_DESC, tensors.parameter(kScale))
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_MEAN_DESC, tensors.statistic(kMean))
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_INV_VARIANCE_DESC, tensors.statistic(kRstd))
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_DSCALE_DESC, tensors.parameter(kDscale))
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_DBIAS_DESC, tensors.parameter(kDbias))
      .set(CUDNN_ATTR_OPERATION_NORM_BWD_DXDESC, tensors.image(kDx));
  return norm.finalize();
}

std::vector<Descriptor> offers(const Descriptor& operation, const QueriedGpu& queried) {
  return configurations(graph_of(operation, queried), CUDNN_HEUR_MODE_A, queried);
}

/// The execution plan of the first configuration that the GPU supports.
std::shared_ptr<const Descriptor> first_plan(const Descriptor& operation, const QueriedGpu& queried) {
  std::string why = "it offers no engine";
  for (const Descriptor& configuration : offers(operation, queried)) try {
      return std::make_shared<Descriptor>(execution_plan(configuration, queried));
    } catch (const Error& error) {
      why = error.what();
    }
  fail("cuDNN: instance norm: {}", why);
}

/// A parameter on the device, every element equal to `value`, aligned as a tensor.
std::shared_ptr<const Memory> parameter(const NormTensors& tensors, float value, const Device& device) {
  const std::vector<float> values(size_t(tensors.x.shape.c), value);
  const auto memory = std::make_shared<Memory>(device, values.size() * sizeof(float), "cuDNN's norm");
  copy_to_device(device, memory->address(), values.data(), values.size() * sizeof(float));
  return memory;
}

const KernelFor<InstanceNormByCudnn, Backend::cuda> forward([](const InstanceNormByCudnn& op, const Types& in,
                                                               const Types&, const Target& target) {
  const NormTensors tensors{in[0]};
  const QueriedGpu queried(target.device, "");
  const auto plan = first_plan(forward_operation(tensors), queried);
  const auto one = parameter(tensors, 1, target.device), zero = parameter(tensors, 0, target.device);
  const auto eps = std::make_shared<float>(float(op.eps));
  return Prepared{workspace_of(*plan), [=, handle = queried.handle()](const Args& args, Stream&) {
                    execute(handle, *plan,
                            {{kX, args.in[0].memory},
                             {kScale, one->address()},
                             {kBias, zero->address()},
                             {kEps, eps.get()},
                             {kY, args.out[0].memory},
                             {kMean, args.out[1].memory},
                             {kRstd, args.out[2].memory}},
                            args.workspace);
                  }};
});

const KernelFor<InstanceNormBackwardByCudnn, Backend::cuda> backward([](const InstanceNormBackwardByCudnn&,
                                                                        const Types& in, const Types&,
                                                                        const Target& target) {
  const NormTensors tensors{in[0]};
  const QueriedGpu queried(target.device, "");
  const auto plan = first_plan(backward_operation(tensors), queried);
  const auto one = parameter(tensors, 1, target.device), dscale = parameter(tensors, 0, target.device),
             dbias = parameter(tensors, 0, target.device);
  return Prepared{workspace_of(*plan), [=, handle = queried.handle()](const Args& args, Stream&) {
                    execute(handle, *plan,
                            {{kX, args.in[0].memory},
                             {kMean, args.in[1].memory},
                             {kRstd, args.in[2].memory},
                             {kY, args.in[3].memory},
                             {kScale, one->address()},
                             {kDscale, dscale->address()},
                             {kDbias, dbias->address()},
                             {kDx, args.out[0].memory}},
                            args.workspace);
                  }};
});

}  // namespace

bool cudnn_offers_instance_norm(const Type& x, const Device& device, const std::string& gpu) try {
  const NormTensors tensors{x};
  const QueriedGpu queried(device, gpu);
  for (const Descriptor& operation : {forward_operation(tensors), backward_operation(tensors)}) {
    if (gpu.empty())
      first_plan(operation, queried);
    else if (offers(operation, queried).empty())
      return false;
  }
  return true;
} catch (const Error&) {
  return false;
}

#else

bool cudnn_offers_instance_norm(const Type&, const Device&, const std::string&) { return false; }

#endif

}  // namespace tuna
