#include "kernels/device/pixels.h"
#include "kernels/norm/batch_norm_frozen_fused.cuh"
#include "kernels/norm/batch_norm_frozen_fused.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernel<BatchNormFrozenFused> forward([](const BatchNormFrozenFused& op, auto stored, const Args& args,
                                                    Stream& stream) {
  using T = decltype(stored);
  using In = BatchNormFrozenFused::In;
  const PixelShape shape = PixelShape::whole_batch(args.in[In::x].type.shape);
  const T *x = args.in[In::x].data<T>(), *skip = op.skip ? args.in[In::skip].data<T>() : nullptr;
  const float *weight = args.in[In::weight].data<float>(), *bias = args.in[In::bias].data<float>(),
              *mean = args.in[In::running_mean].data<float>(), *variance = args.in[In::running_var].data<float>();
  T* y = args.out[0].data<T>();
  with_width<T>(shape.channels, {x, skip, weight, bias, mean, variance, y}, [&](auto width) {
    constexpr int kWidth = width;
    const NormaliseFrozen<kWidth> normalise{weight, bias, mean, variance, float(op.eps)};
    launch_write(NormaliseFrozenAndRectify<T, kWidth>{normalise, x, skip, y}, write_tiles(shape, kWidth), stream);
  });
});

const DeviceKernel<BatchNormFrozenFusedBackward> backward([](const BatchNormFrozenFusedBackward& op, auto stored,
                                                             const Args& args, Stream& stream) {
  using T = decltype(stored);
  const PixelShape shape = PixelShape::whole_batch(args.out[0].type.shape);
  using In = BatchNormFrozenFusedBackward::In;
  const float *weight = args.in[In::weight].data<float>(), *variance = args.in[In::running_var].data<float>();
  const T *y = args.in[In::y].data<T>(), *dy = args.in[In::dy].data<T>();
  T *dx = args.out[0].data<T>(), *dz = op.skip ? args.out[1].data<T>() : nullptr;
  with_width<T>(shape.channels, {y, weight, variance, dy, dx, dz}, [&](auto width) {
    constexpr int kWidth = width;
    const NormaliseFrozenGradient<kWidth> gradient{weight, variance, float(op.eps)};
    launch_write(RectifyAndNormaliseGradient<T, kWidth>{gradient, y, dy, dx, dz}, write_tiles(shape, kWidth), stream);
  });
});

}  // namespace
}  // namespace tuna::BACKEND
