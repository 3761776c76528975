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
      using In = BatchNorm::In;
      using Out = BatchNorm::Out;
      const PixelShape shape = PixelShape::whole_batch(args.in[In::x].type.shape);
      const NormWorkspace work(shape, args.workspace);
      const T* x = args.in[In::x].data<T>();
      const float *weight = args.in[In::weight].data<float>(), *bias = args.in[In::bias].data<float>(),
                  *running_mean = args.in[In::running_mean].data<float>(),
                  *running_var = args.in[In::running_var].data<float>();
      T* y = args.out[Out::y].data<T>();
      float *new_mean = args.out[Out::running_mean].data<float>(), *new_var = args.out[Out::running_var].data<float>(),
            *mean = args.out[Out::mean].data<float>(), *rstd = args.out[Out::rstd].data<float>(),
            *scale = work.statistic(0), *offset = work.statistic(1);

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
      using In = BatchNormBackward::In;
      const T *x = args.in[In::x].data<T>(), *dy = args.in[In::dy].data<T>();
      const float *weight = args.in[In::weight].data<float>(), *mean = args.in[In::mean].data<float>(),
                  *rstd = args.in[In::rstd].data<float>();
      T* dx = args.out[0].data<T>();
      float *dweight = args.out[1].data<float>(), *dbias = args.out[2].data<float>();
      launch_normalise_gradient(PixelShape::whole_batch(args.in[In::x].type.shape), x, dy, mean, rstd, weight, dbias,
                                dweight, dx, args.workspace, stream);
    });

}  // namespace
}  // namespace tuna::BACKEND
