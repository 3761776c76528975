#include "kernels/device/pixels.h"
#include "kernels/norm/instance_norm.cuh"
#include "kernels/norm/instance_norm.h"
#include "kernels/norm/statistic_workspace.h"

namespace tuna::BACKEND {
namespace {

size_t forward_workspace(const InstanceNorm&, const Types& in, const Types&) {
  const PixelShape shape = PixelShape::per_sample(in[0].shape);
  return statistic_bytes<1>(shape) + reduce_workspace<Moments>(shape);
}

template <class T>
void launch_forward(const InstanceNorm& op, T, const Args& args, Stream& stream) {
  const PixelShape shape = PixelShape::per_sample(args.in[0].type.shape);
  const T* x = args.in[0].data<T>();
  T* y = args.out[0].data<T>();
  float *mean = args.out[1].data<float>(), *rstd = args.out[2].data<float>(),
        *rest = static_cast<float*>(args.workspace);
  void* workspace = static_cast<char*>(args.workspace) + statistic_bytes<1>(shape);

  with_width<T>(shape.channels, {x, y, mean, rstd, rest}, [&](auto width) {
    constexpr int kWidth = width;
    const PixelTiles tiles = pixel_tiles(shape, kWidth);
    const StoreStatistics<kWidth> statistics{mean, rstd, rest, float(op.eps)};
    launch_reduce(SumMoments<T, kWidth>{x}, statistics, tiles, workspace, stream);
    launch_write(Normalise<T, kWidth>{x, mean, rest, rstd, y}, tiles, stream);
  });
}

size_t backward_workspace(const InstanceNormBackward&, const Types& in, const Types&) {
  const PixelShape shape = PixelShape::per_sample(in[0].shape);
  return statistic_bytes<2>(shape) + reduce_workspace<GradientSums>(shape);
}

template <class T>
void launch_backward(const InstanceNormBackward&, T, const Args& args, Stream& stream) {
  const PixelShape shape = PixelShape::per_sample(args.in[0].type.shape);
  const T *x = args.in[0].data<T>(), *dy = args.in[3].data<T>();
  const float *mean = args.in[1].data<float>(), *rstd = args.in[2].data<float>();
  T* dx = args.out[0].data<T>();
  void* workspace = static_cast<char*>(args.workspace) + statistic_bytes<2>(shape);

  with_width<T>(shape.channels, {x, mean, rstd, dy, dx}, [&](auto width) {
    constexpr int kWidth = width;
    const PixelTiles tiles = pixel_tiles(shape, kWidth);
    auto* sums = static_cast<GradientSums<kWidth>*>(args.workspace);
    launch_reduce(SumGradients<T, kWidth>{x, dy, mean, rstd}, StoreGradientSums<kWidth>{sums}, tiles, workspace,
                  stream);
    launch_write(NormaliseGradient<T, kWidth>{x, dy, mean, rstd, sums, 1 / float(shape.pixels), dx}, tiles, stream);
  });
}

const DeviceKernel<InstanceNorm> forward(forward_workspace, [](auto&&... with) { launch_forward(with...); });
const DeviceKernel<InstanceNormBackward> backward(backward_workspace, [](auto&&... with) { launch_backward(with...); });

}  // namespace
}  // namespace tuna::BACKEND
