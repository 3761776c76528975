#include "kernels/norm/instance_norm.cuh"
#include "kernels/norm/instance_norm.h"
#include "kernels/norm/normalise.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernel<InstanceNorm> forward(
    [](const InstanceNorm&, const Types& in, const Types&) {
      return NormWorkspace::bytes<Moments>(PixelShape::per_sample(in[0].shape), 1);
    },
    [](const InstanceNorm& op, auto stored, const Args& args, Stream& stream) {
      using T = decltype(stored);
      const PixelShape shape = PixelShape::per_sample(args.in[0].type.shape);
      const NormWorkspace work(shape, args.workspace);
      const T* x = args.in[0].data<T>();
      T* y = args.out[0].data<T>();
      float *mean = args.out[1].data<float>(), *rstd = args.out[2].data<float>(), *offset = work.statistic(0);

      with_width<T>(shape.channels, {x, y, mean, rstd, offset}, [&](auto width) {
        constexpr int kWidth = width;
        const StoreInstanceStatistics<kWidth> statistics{mean, rstd, offset, float(op.eps)};
        launch_reduce(SumMoments<T, kWidth>{x}, statistics, reduce_tiles(shape, kWidth), work.after(1), stream);
        launch_map<kWidth>(Normalise<kWidth>{mean, rstd, offset}, write_tiles(shape, kWidth), x, y, stream);
      });
    });

const DeviceKernel<InstanceNormBackward> backward(
    [](const InstanceNormBackward&, const Types& in, const Types&) {
      return NormWorkspace::bytes<GradientSums>(PixelShape::per_sample(in[0].shape), 2);
    },
    [](const InstanceNormBackward&, auto stored, const Args& args, Stream& stream) {
      using T = decltype(stored);
      using In = InstanceNormBackward::In;
      const PixelShape shape = PixelShape::per_sample(args.in[In::x].type.shape);
      const NormWorkspace work(shape, args.workspace);
      const T *x = args.in[In::x].data<T>(), *dy = args.in[In::dy].data<T>();
      const float *mean = args.in[In::mean].data<float>(), *rstd = args.in[In::rstd].data<float>();
      T* dx = args.out[0].data<T>();
      launch_normalise_gradient(shape, x, dy, mean, rstd, nullptr, work.statistic(0), work.statistic(1), dx,
                                work.after(2), stream);
    });

}  // namespace
}  // namespace tuna::BACKEND
