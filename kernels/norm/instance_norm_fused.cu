#include "kernels/device/pixels.h"
#include "kernels/norm/instance_norm_fused.cuh"
#include "kernels/norm/instance_norm_fused.h"
#include "kernels/norm/statistic_workspace.h"

namespace tuna::BACKEND {
namespace {

ReflectedImage reflected(const Shape& shape, const InstanceNormChain& chain) {
  return {unsigned(shape.h), unsigned(shape.w), unsigned(chain.padding)};
}

size_t forward_workspace(const InstanceNormFused&, const Types& in, const Types&) {
  const PixelShape shape = PixelShape::per_sample(in[0].shape);
  return statistic_bytes<1>(shape) + reduce_workspace<Moments>(shape);
}

template <class T>
void launch_forward(const InstanceNormFused& op, T, const Args& args, Stream& stream) {
  const PixelShape shape = PixelShape::per_sample(args.in[0].type.shape);
  const T *x = args.in[0].data<T>(), *skip = op.skip ? args.in[1].data<T>() : nullptr;
  T *y = args.out[0].data<T>(), *z = op.keep_unpadded ? args.out[3].data<T>() : nullptr;
  float *mean = args.out[1].data<float>(), *rstd = args.out[2].data<float>(),
        *rest = static_cast<float*>(args.workspace);
  void* workspace = static_cast<char*>(args.workspace) + statistic_bytes<1>(shape);

  with_width<T>(shape.channels, {x, skip, y, z, mean, rstd, rest}, [&](auto width) {
    constexpr int kWidth = width;
    const PixelTiles tiles = pixel_tiles(shape, kWidth);
    launch_reduce(SumMoments<T, kWidth>{x}, StoreStatistics<kWidth>{mean, rstd, rest, float(op.eps)}, tiles, workspace,
                  stream);
    launch_write(NormaliseAndPad<T, kWidth>{x, skip, mean, rest, rstd, float(op.slope),
                                            reflected(args.in[0].type.shape, op), size_t(shape.channels), y, z},
                 tiles, stream);
  });
}

size_t backward_workspace(const InstanceNormFusedBackward&, const Types& in, const Types&) {
  const PixelShape shape = PixelShape::per_sample(in[0].shape);
  return statistic_bytes<2>(shape) + reduce_workspace<GradientSums>(shape);
}

template <class T>
void launch_backward(const InstanceNormFusedBackward& op, T, const Args& args, Stream& stream) {
  const PixelShape shape = PixelShape::per_sample(args.in[0].type.shape);
  const T *x = args.in[0].data<T>(), *dy = args.in[3].data<T>(),
          *to_z = op.keep_unpadded ? args.in[4].data<T>() : nullptr;
  const float *mean = args.in[1].data<float>(), *rstd = args.in[2].data<float>();
  T *dx = args.out[0].data<T>(), *dz = op.skip ? args.out[1].data<T>() : nullptr;
  void* workspace = static_cast<char*>(args.workspace) + statistic_bytes<2>(shape);

  with_width<T>(shape.channels, {x, mean, rstd, dy, to_z, dx, dz}, [&](auto width) {
    constexpr int kWidth = width;
    const PixelTiles tiles = pixel_tiles(shape, kWidth);
    const GatherGradient<T, kWidth> gather{
        x, dy, to_z, float(op.slope), reflected(args.in[0].type.shape, op), size_t(shape.channels)};
    auto* sums = static_cast<GradientSums<kWidth>*>(args.workspace);
    const float share = 1 / float(shape.pixels);
    launch_reduce(SumGatheredGradients<T, kWidth>{gather, mean, rstd, dz}, StoreGradientSums<kWidth>{sums}, tiles,
                  workspace, stream);
    if (dz)
      launch_write(NormaliseGradient<T, kWidth>{x, dz, mean, rstd, sums, share, dx}, tiles, stream);
    else
      launch_write(NormaliseGatheredGradient<T, kWidth>{gather, mean, rstd, sums, share, dx}, tiles, stream);
  });
}

const DeviceKernel<InstanceNormFused> forward(forward_workspace, [](auto&&... with) { launch_forward(with...); });
const DeviceKernel<InstanceNormFusedBackward> backward(backward_workspace,
                                                       [](auto&&... with) { launch_backward(with...); });

}  // namespace
}  // namespace tuna::BACKEND
