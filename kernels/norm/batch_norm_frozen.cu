#include "kernels/device/pixels.h"
#include "kernels/norm/batch_norm_frozen.cuh"
#include "kernels/norm/batch_norm_frozen.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernel<BatchNormFrozen> forward([](const BatchNormFrozen& op, auto stored, const Args& args,
                                               Stream& stream) {
  using T = decltype(stored);
  using In = BatchNormFrozen::In;
  const PixelShape shape = PixelShape::whole_batch(args.in[In::x].type.shape);
  const T* x = args.in[In::x].data<T>();
  const float *weight = args.in[In::weight].data<float>(), *bias = args.in[In::bias].data<float>(),
              *mean = args.in[In::running_mean].data<float>(), *variance = args.in[In::running_var].data<float>();
  T* y = args.out[0].data<T>();
  with_width<T>(shape.channels, {x, weight, bias, mean, variance, y}, [&](auto width) {
    constexpr int kWidth = width;
    const NormaliseFrozen<kWidth> normalise{weight, bias, mean, variance, float(op.eps)};
    launch_map<kWidth>(normalise, write_tiles(shape, kWidth), x, y, stream);
  });
});

const DeviceKernel<BatchNormFrozenBackward> backward([](const BatchNormFrozenBackward& op, auto stored,
                                                        const Args& args, Stream& stream) {
  using T = decltype(stored);
  const PixelShape shape = PixelShape::whole_batch(args.out[0].type.shape);
  const float *weight = args.in[0].data<float>(), *variance = args.in[1].data<float>();
  const T* dy = args.in[2].data<T>();
  T* dx = args.out[0].data<T>();
  with_width<T>(shape.channels, {weight, variance, dy, dx}, [&](auto width) {
    constexpr int kWidth = width;
    const NormaliseFrozenGradient<kWidth> gradient{weight, variance, float(op.eps)};
    launch_map<kWidth>(gradient, write_tiles(shape, kWidth), dy, dx, stream);
  });
});

const DeviceKernel<BatchNormFrozenParametersBackward> parameters_backward(
    [](const BatchNormFrozenParametersBackward&, const Types& in, const Types&) {
      return reduce_workspace<GradientSums>(PixelShape::whole_batch(in[0].shape));
    },
    [](const BatchNormFrozenParametersBackward& op, auto stored, const Args& args, Stream& stream) {
      using T = decltype(stored);
      using In = BatchNormFrozenParametersBackward::In;
      const PixelShape shape = PixelShape::whole_batch(args.in[In::x].type.shape);
      const T *x = args.in[In::x].data<T>(), *dy = args.in[In::dy].data<T>(),
              *y = args.in.size() > In::y ? args.in[In::y].data<T>() : nullptr;
      const float *mean = args.in[In::running_mean].data<float>(), *variance = args.in[In::running_var].data<float>();
      float *dweight = args.out[0].data<float>(), *dbias = args.out[1].data<float>();
      with_width<T>(shape.channels, {x, mean, variance, dy, y, dweight, dbias}, [&](auto width) {
        constexpr int kWidth = width;
        const PixelTiles tiles = reduce_tiles(shape, kWidth);
        const StoreFrozenParameterGradients<kWidth> gradients{variance, float(op.eps), dweight, dbias};
        if (y)
          launch_reduce(SumGradients<T, kWidth, LoadRectifiedGradient<T, kWidth>>{x, {y, dy}, mean}, gradients, tiles,
                        args.workspace, stream);
        else
          launch_reduce(SumGradients<T, kWidth>{x, {dy}, mean}, gradients, tiles, args.workspace, stream);
      });
    });

}  // namespace
}  // namespace tuna::BACKEND
