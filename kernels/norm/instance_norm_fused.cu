#include "kernels/device/images.h"
#include "kernels/norm/instance_norm_fused.cuh"
#include "kernels/norm/instance_norm_fused.h"
#include "kernels/norm/normalise.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernel<InstanceNormFused> forward(
    [](const InstanceNormFused&, const Types& in, const Types&) {
      return NormWorkspace::bytes<Moments>(PixelShape::per_sample(in[0].shape), 1);
    },
    [](const InstanceNormFused& op, auto stored, const Args& args, Stream& stream) {
      using T = decltype(stored);
      const PixelShape shape = PixelShape::per_sample(args.in[0].type.shape);
      const NormWorkspace work(shape, args.workspace);
      using Out = InstanceNormFused::Out;
      const T *x = args.in[0].data<T>(), *skip = op.skip ? args.in[1].data<T>() : nullptr;
      const auto y = images<T>(args.out[Out::y]);
      T* z = op.keep_unpadded ? args.out[Out::z].data<T>() : nullptr;
      float *mean = args.out[Out::mean].data<float>(), *rstd = args.out[Out::rstd].data<float>(),
            *offset = work.statistic(0);

      with_width<T>(shape.channels, {x, skip, y.data, z, mean, rstd, offset}, [&](auto width) {
        constexpr int kWidth = width;
        const StoreInstanceStatistics<kWidth> statistics{mean, rstd, offset, float(op.eps)};
        launch_reduce(SumMoments<T, kWidth>{x}, statistics, reduce_tiles(shape, kWidth), work.after(1), stream);
        launch_write(NormaliseAndPad<T, kWidth>{x, skip, {mean, rstd, offset}, float(op.slope), int(op.padding), y, z},
                     write_tiles(shape, kWidth), stream);
      });
    });

const DeviceKernel<InstanceNormFusedRecompute> recompute([](const InstanceNormFusedRecompute& op, auto stored,
                                                            const Args& args, Stream& stream) {
  using T = decltype(stored);
  using In = InstanceNormFusedRecompute::In;
  const PixelShape shape = PixelShape::per_sample(args.in[In::x].type.shape);
  const T *x = args.in[In::x].data<T>(), *skip = op.skip ? args.in[In::skip].data<T>() : nullptr;
  const float *mean = args.in[In::mean].data<float>(), *rstd = args.in[In::rstd].data<float>();
  const auto y = images<T>(args.out[0]);
  with_width<T>(shape.channels, {x, skip, y.data, mean, rstd}, [&](auto width) {
    constexpr int kWidth = width;
    const Normalise<kWidth> normalise{mean, rstd, nullptr};
    launch_write(NormaliseAndPad<T, kWidth>{x, skip, normalise, float(op.slope), int(op.padding), y, nullptr},
                 write_tiles(shape, kWidth), stream);
  });
});

const DeviceKernel<InstanceNormFusedBackward> backward(
    [](const InstanceNormFusedBackward&, const Types& in, const Types&) {
      return NormWorkspace::bytes<GradientSums>(PixelShape::per_sample(in[0].shape), 2);
    },
    [](const InstanceNormFusedBackward& op, auto stored, const Args& args, Stream& stream) {
      using T = decltype(stored);
      using In = InstanceNormFusedBackward::In;
      const PixelShape shape = PixelShape::per_sample(args.in[In::x].type.shape);
      const NormWorkspace work(shape, args.workspace);
      const T *x = args.in[In::x].data<T>(), *to_z = op.keep_unpadded ? args.in[In::to_z].data<T>() : nullptr;
      const auto dy = images<const T>(args.in[In::dy]);
      const float *mean = args.in[In::mean].data<float>(), *rstd = args.in[In::rstd].data<float>();
      T *dx = args.out[0].data<T>(), *dz = op.skip ? args.out[1].data<T>() : nullptr;
      float *sum_dz = work.statistic(0), *sum_dz_xhat = work.statistic(1);
      const float share = 1 / float(shape.pixels);

      with_width<T>(shape.channels, {x, to_z, dy.data, mean, rstd, dx, dz, sum_dz, sum_dz_xhat}, [&](auto width) {
        constexpr int kWidth = width;
        const PixelTiles tiles = write_tiles(shape, kWidth);
        const GatherGradient<T, kWidth> gather{to_z, {dy, int(op.padding)}, float(op.slope), dz};
        launch_reduce(SumGradients<T, kWidth, GatherGradient<T, kWidth>>{x, gather, mean},
                      StoreGradientSums<kWidth>{rstd, sum_dz, sum_dz_xhat}, reduce_tiles(shape, kWidth), work.after(2),
                      stream);
        if (dz)
          launch_write(NormaliseGradient<T, kWidth>{x, {dz}, mean, rstd, nullptr, sum_dz, sum_dz_xhat, share, dx},
                       tiles, stream);
        else
          launch_write(NormaliseGradient<T, kWidth, GatherGradient<T, kWidth>>{x, gather, mean, rstd, nullptr, sum_dz,
                                                                               sum_dz_xhat, share, dx},
                       tiles, stream);
      });
    });

}  // namespace
}  // namespace tuna::BACKEND
