#include "kernels/norm/batch_norm.cuh"
#include "kernels/norm/batch_norm.h"
#include "kernels/norm/normalise.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernel<BatchNorm> forward(
    [](const BatchNorm&, const Types& in, const Types&) {
      return NormWorkspace::bytes<Moments>(PixelShape::whole_batch(in[0].shape), 2);
    },
    [](const BatchNorm& op, auto stored, const Args& args, Stream& stream) {
      using T = decltype(stored);
      const PixelShape shape = PixelShape::whole_batch(args.in[0].type.shape);
      const NormWorkspace work(shape, args.workspace);
      const T* x = args.in[0].data<T>();
      const float *weight = args.in[1].data<float>(), *bias = args.in[2].data<float>(),
                  *running_mean = args.in[3].data<float>(), *running_var = args.in[4].data<float>();
      T* y = args.out[0].data<T>();
      float *new_mean = args.out[1].data<float>(), *new_var = args.out[2].data<float>(),
            *mean = args.out[3].data<float>(), *rstd = args.out[4].data<float>(), *scale = work.statistic(0),
            *offset = work.statistic(1);

      with_width<T>(
          shape.channels, {x, weight, bias, running_mean, running_var, y, new_mean, new_var, mean, rstd, scale, offset},
          [&](auto width) {
            constexpr int kWidth = width;
            const StoreBatchStatistics<kWidth> statistics{
                weight, bias, running_mean, running_var, new_mean,           new_var,
                mean,   rstd, scale,        offset,      float(op.momentum), float(op.eps)};
            launch_reduce(SumMoments<T, kWidth>{x}, statistics, reduce_tiles(shape, kWidth), work.after(2), stream);
            launch_map<kWidth>(Normalise<kWidth>{mean, scale, offset}, write_tiles(shape, kWidth), x, y, stream);
          });
    });

// dweight and dbias are the sums that dx needs.
const DeviceKernel<BatchNormBackward> backward(
    [](const BatchNormBackward&, const Types& in, const Types&) {
      return reduce_workspace<GradientSums>(PixelShape::whole_batch(in[0].shape));
    },
    [](const BatchNormBackward&, auto stored, const Args& args, Stream& stream) {
      using T = decltype(stored);
      const T *x = args.in[0].data<T>(), *dy = args.in[4].data<T>();
      const float *weight = args.in[1].data<float>(), *mean = args.in[2].data<float>(),
                  *rstd = args.in[3].data<float>();
      T* dx = args.out[0].data<T>();
      float *dweight = args.out[1].data<float>(), *dbias = args.out[2].data<float>();
      launch_normalise_gradient(PixelShape::whole_batch(args.in[0].type.shape), x, dy, mean, rstd, weight, dbias,
                                dweight, dx, args.workspace, stream);
    });

}  // namespace
}  // namespace tuna::BACKEND
