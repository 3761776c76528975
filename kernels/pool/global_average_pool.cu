#include "kernels/device/pixels.h"
#include "kernels/pool/global_average_pool.cuh"
#include "kernels/pool/global_average_pool.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernel<GlobalAveragePool> forward(
    [](const GlobalAveragePool&, const Types& in, const Types&) {
      return reduce_workspace<PixelSum>(PixelShape::per_sample(in[0].shape));
    },
    [](const GlobalAveragePool&, auto stored, const Args& args, Stream& stream) {
      using T = decltype(stored);
      const PixelShape shape = PixelShape::per_sample(args.in[0].type.shape);
      launch_sum(shape, args.in[0].data<const T>(), 1 / float(shape.pixels), args.out[0].data<T>(), args.workspace,
                 stream);
    });

const DeviceKernel<GlobalAveragePoolBackward> backward([](const GlobalAveragePoolBackward&, auto stored,
                                                          const Args& args, Stream& stream) {
  using T = decltype(stored);
  const PixelShape shape = PixelShape::per_sample(args.out[0].type.shape);
  const T* dy = args.in[0].data<T>();
  T* dx = args.out[0].data<T>();
  with_width<T>(shape.channels, {dy, dx}, [&](auto width) {
    constexpr int kWidth = width;
    launch_write(ShareOut<T, kWidth>{dy, 1 / float(shape.pixels), dx}, write_tiles(shape, kWidth), stream);
  });
});

}  // namespace
}  // namespace tuna::BACKEND
